/** Every key that the extension sets for the `when` clauses of package.json. */
export const CONTEXT_KEYS = {
  /** The Runs view shows a filter. */
  filtered: 'trainyard.filtered',
  /** The Runs view shows the runs of the open commit only. */
  onlyOpenCommit: 'trainyard.onlyOpenCommit',
  /** There is a script that *Submit Again* can submit. */
  canSubmitAgain: 'trainyard.canSubmitAgain',
} as const;

export type ContextKey = (typeof CONTEXT_KEYS)[keyof typeof CONTEXT_KEYS];
