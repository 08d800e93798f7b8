import type { WorkspaceEntry } from '../workspace/configuration/list.js';
import type { Credentials } from '../workspace/registry.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** Variables of MLflow's own client, by the names of the secrets. */
const OF_MLFLOW: Readonly<Record<string, string>> = {
  token: 'MLFLOW_TRACKING_TOKEN',
  password: 'MLFLOW_TRACKING_PASSWORD',
};

/** The variable for a secret of a workspace: `TRAINYARD_TEAM_A_X7K2_TOKEN`. */
export function variableFor({ id }: Pick<WorkspaceEntry, 'id'>, secret: string): string {
  const words = `${id}_${secret.replaceAll(/[A-Z]/g, '_$&')}`;
  return `TRAINYARD_${words.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase()}`;
}

/**
 * Secrets of a workspace from the environment: its own variables, else those of MLflow's client. The latter may be for
 * another server: they are taken where MLFLOW_TRACKING_URI is not set, or names the server of this workspace.
 * @param onAsk gets the variable that a secret is looked for in
 */
export function credentialsOf(
  entry: Pick<WorkspaceEntry, 'id' | 'uri'>,
  env: Variables,
  onAsk: (variable: string) => void = () => undefined,
): Credentials {
  return {
    get(secret) {
      const variable = variableFor(entry, secret);
      onAsk(variable);
      const general = OF_MLFLOW[secret];
      const found = env[variable] || (general && isFor(entry, env) ? env[general] : undefined);
      return Promise.resolve(found || undefined);
    },
  };
}

function isFor({ uri }: Pick<WorkspaceEntry, 'uri'>, { MLFLOW_TRACKING_URI: other }: Variables): boolean {
  if (!other) return true;
  const plain = (text: string) => (URL.canParse(text) ? new URL(text).href : text).replace(/\/+$/, '');
  return uri !== undefined && plain(uri) === plain(other);
}
