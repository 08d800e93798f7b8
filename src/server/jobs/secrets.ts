/** Variables of a job that are in memory only. */
export interface Secrets {
  /** Those that the person calls secrets: without them the job does not start. */
  declared: Record<string, string>;
  /** Others of the submitter's environment that may be some. */
  inherited: Record<string, string>;
}

/** By run, from the submit until the job is with its target. */
export type SecretsInMemory = Map<string, Secrets>;
