/** Addresses of the read-only files of a run: `trainyard-run:/<run id>/<files|code>/<path>`, or that path as the query. */
export const RUN_SCHEME = 'trainyard-run';

export type RunArea = 'files' | 'code';

export interface RunPath {
  runId: string;
  area: RunArea;
  /** Relative, with `/`; '' is the root of the area. */
  path: string;
}

/** Path of the address. */
export function runUriPath({ runId, area, path }: RunPath): string {
  return path === '' ? `/${runId}/${area}` : `/${runId}/${area}/${path}`;
}

/** Undefined when the path names neither the files nor the code of a run. */
export function parseRunUriPath(path: string): RunPath | undefined {
  const [, runId, area, ...rest] = path.split('/');
  if (!runId || (area !== 'files' && area !== 'code')) return undefined;
  return { runId, area, path: rest.filter(Boolean).join('/') };
}

/** Folder and name of a path; the folder of a name at the root is ''. */
export function splitPath(path: string): { folder: string; name: string } {
  const at = path.lastIndexOf('/');
  return at < 0 ? { folder: '', name: path } : { folder: path.slice(0, at), name: path.slice(at + 1) };
}
