import * as vscode from 'vscode';
import type { ServerSettings } from '../workspace/types.js';

/** Every setting of the extension, without the prefix `trainyard.`; package.json contributes exactly these. */
export const SETTINGS = {
  home: 'home',
  parallelJobs: 'jobs.parallel',
  grace: 'jobs.grace',
  sizeLimit: 'snapshot.sizeLimitMB',
  dataCacheLimit: 'data.cacheLimitGB',
  python: 'python',
  metric: 'runs.metric',
  saveBeforeSubmit: 'submit.saveBeforeSubmit',
  showAfterSubmit: 'submit.show',
  envFile: 'submit.envFile',
  notify: 'notify',
  codeLens: 'codeLens',
  jobFiles: 'jobFiles',
  dockerHost: 'docker.host',
  dockerImage: 'docker.image',
  dockerMounts: 'docker.mounts',
  dockerCaches: 'docker.caches',
  dockerParallelJobs: 'docker.parallelJobs',
  dockerKeepFailed: 'docker.keepFailed',
  dockerWritableInputs: 'docker.writableInputs',
} as const;

/** Those of kinds of targets, `<kind>.<name>`, which get them as they are. */
export const TARGET_SETTINGS = Object.values(SETTINGS).filter((key) => key.startsWith('docker.'));

const SECTION = 'trainyard';

function read<T>(key: (typeof SETTINGS)[keyof typeof SETTINGS], scope?: vscode.Uri): T | undefined {
  return vscode.workspace.getConfiguration(SECTION, scope).get<T>(key);
}

export const settings = {
  /** Undefined: the server's own choice, `~/.trainyard`. */
  home: () => read<string>(SETTINGS.home)?.trim() || undefined,
  python: (scope: vscode.Uri) => read<string>(SETTINGS.python, scope)?.trim() || undefined,
  metric: () => read<string>(SETTINGS.metric)?.trim() ?? '',
  saveBeforeSubmit: () => read<'always' | 'prompt' | 'never'>(SETTINGS.saveBeforeSubmit) ?? 'always',
  showAfterSubmit: () => read<'charts' | 'log' | 'nothing'>(SETTINGS.showAfterSubmit) ?? 'charts',
  envFile: (scope: vscode.Uri) => read<boolean>(SETTINGS.envFile, scope) ?? false,
  notify: () => read<'all' | 'failures' | 'nothing'>(SETTINGS.notify) ?? 'all',
  /** Globs, from the folder of the workspace. */
  jobFiles: (scope: vscode.Uri) => read<string[]>(SETTINGS.jobFiles, scope) ?? [],
  codeLens: () => read<boolean>(SETTINGS.codeLens) ?? true,
  /** Those of the server that a person has set in the editor; the others keep what the server has. */
  server: (): Partial<ServerSettings> => {
    const set = <T>(key: string, make: (value: number) => T) => {
      const value = vscode.workspace.getConfiguration(SECTION).inspect<number>(key)?.globalValue;
      return typeof value === 'number' ? make(value) : undefined;
    };
    return {
      ...set(SETTINGS.parallelJobs, (parallelJobs) => ({ parallelJobs })),
      ...set(SETTINGS.grace, (grace) => ({ grace })),
      ...set(SETTINGS.sizeLimit, (megabytes) => ({ snapshotSizeLimit: megabytes * 1024 * 1024 })),
      ...set(SETTINGS.dataCacheLimit, (gigabytes) => ({ dataCacheLimit: Math.round(gigabytes * 1e9) })),
      ...ofTargets(),
    };
  },
};

/** What a person has set; the others keep what the server has. */
function ofTargets(): Pick<ServerSettings, 'targets'> {
  const targets: Record<string, Record<string, unknown>> = {};
  for (const key of TARGET_SETTINGS) {
    const [kind = '', name = ''] = key.split('.');
    const value = vscode.workspace.getConfiguration(SECTION).inspect(key)?.globalValue;
    if (value !== undefined) (targets[kind] ??= {})[name] = value;
  }
  return Object.keys(targets).length > 0 ? { targets } : {};
}

export function touchesSetting(
  event: vscode.ConfigurationChangeEvent,
  ...keys: (typeof SETTINGS)[keyof typeof SETTINGS][]
): boolean {
  return keys.some((key) => event.affectsConfiguration(`${SECTION}.${key}`));
}
