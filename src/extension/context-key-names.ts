/** Every key that the extension sets for the `when` clauses of package.json. */
export const CONTEXT_KEYS = {
  /** The Runs view shows a filter. */
  filtered: 'trainyard.filtered',
  /** The Runs view shows the runs of the open commit only. */
  onlyOpenCommit: 'trainyard.onlyOpenCommit',
  /** The Assets view shows what is archived. */
  showsArchived: 'trainyard.showsArchived',
  /** There is a script or a job file that *Submit Again* can submit. */
  canSubmitAgain: 'trainyard.canSubmitAgain',
  /** Paths of the job files of the workspace, for `resourcePath in trainyard.jobFiles`. */
  jobFiles: 'trainyard.jobFiles',
} as const;

export type ContextKey = (typeof CONTEXT_KEYS)[keyof typeof CONTEXT_KEYS];
