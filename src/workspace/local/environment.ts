/**
 * Belongs to the editor, to the shell that it was typed in, or to another tracking server, not to the job. How MLflow's
 * client works is the job's.
 */
const FOREIGN =
  /^(VSCODE_.*|ELECTRON_.*|MLFLOW_(TRACKING_.*|REGISTRY_URI|RUN_ID|EXPERIMENT_(ID|NAME))|TRAINYARD_.*|NODE_OPTIONS|npm_.*|_|SHLVL|OLDPWD)$/;

/** What a job inherits of the environment of who submits it. */
export function inheritedEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const names = Object.entries(env).filter(([name, value]) => value !== undefined && !FOREIGN.test(name));
  return Object.fromEntries(names) as Record<string, string>;
}
