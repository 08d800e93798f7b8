const PRIVATE = /TOKEN|SECRET|PASSW|CREDENTIAL|APIKEY|API_KEY|PRIVATE_KEY|ACCESS_KEY/i;
/** Belongs to the editor or to another tracking server, not to the job. */
const FOREIGN = /^(VSCODE_|ELECTRON_|MLFLOW_|TRAINYARD_|NODE_OPTIONS$|npm_)/;

/**
 * The environment of the submitter, for the job to start from. What looks like a secret goes the way of secrets: kept
 * in memory only.
 */
export function splitEnvironment(env: Readonly<Record<string, string | undefined>>): {
  baseEnv: Record<string, string>;
  secrets: Record<string, string>;
} {
  const baseEnv: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || FOREIGN.test(name)) continue;
    (PRIVATE.test(name) ? secrets : baseEnv)[name] = value;
  }
  return { baseEnv, secrets };
}
