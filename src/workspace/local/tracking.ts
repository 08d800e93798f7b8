import type { Discovery } from './contract.js';

/** How programs that Trainyard did not start are told of the local server, too: a shell of one's own, a notebook. */

/** Variables by which MLflow's client finds the server. @param inherited of the program, for what it has of proxies */
export function trackingVariables(
  { port, token }: Pick<Discovery, 'port' | 'token'>,
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return {
    MLFLOW_TRACKING_URI: `http://127.0.0.1:${port}`,
    ...trackingSecrets(token),
    ...(PROXIES.some((name) => inherited[name]) && pastProxies(inherited)),
  };
}

const PROXIES = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

/**
 * MLflow prefers a user and a password, which a forgotten ~/.mlflow/credentials may hold, to a token; in the environment
 * they win over that file.
 */
export function trackingSecrets(token: string): Record<string, string> {
  return {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: 'trainyard',
    MLFLOW_TRACKING_PASSWORD: token,
  };
}

/** What a program already asks for without a proxy, and this machine. */
export function pastProxies(
  inherited: Readonly<Record<string, string | undefined>>,
): Record<'NO_PROXY' | 'no_proxy', string> {
  const all = [inherited['NO_PROXY'] ?? inherited['no_proxy'], '127.0.0.1,localhost'];
  const value = all.filter(Boolean).join(',');
  return { NO_PROXY: value, no_proxy: value };
}

export const SHELLS = ['sh', 'fish', 'powershell', 'python'] as const;
export type Shell = (typeof SHELLS)[number];

/** Lines that set the variables; for Python they do in a notebook, too. */
export function settingLines(variables: Readonly<Record<string, string>>, shell: Shell): string {
  // A string of JSON is one of Python.
  if (shell === 'python') return `import os\nos.environ.update(${JSON.stringify(variables, null, 4)})\n`;
  return Object.entries(variables)
    .map(([name, value]) => `${LINES[shell](name, value)}\n`)
    .join('');
}

const LINES: Record<Exclude<Shell, 'python'>, (name: string, value: string) => string> = {
  sh: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  fish: (name, value) => `set -gx ${name} '${value.replaceAll(/['\\]/g, '\\$&')}'`,
  powershell: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
};
