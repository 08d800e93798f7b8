/** Addresses of the read-only files of a run: `trainyard-run:/<run id>/<area>/<path>`, or that path as the query. */
export const RUN_SCHEME = 'trainyard-run';

/** `table`: a file that the run wrote, read as a table, with one line for each row. */
export type RunArea = 'files' | 'code' | 'table';
const AREAS: readonly string[] = ['files', 'code', 'table'] satisfies RunArea[];

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

/** Undefined when the path names nothing of a run. */
export function parseRunUriPath(path: string): RunPath | undefined {
  const [, runId, area, ...rest] = path.split('/');
  if (!runId || !AREAS.includes(area ?? '')) return undefined;
  return { runId, area: area as RunArea, path: rest.filter(Boolean).join('/') };
}

/** Folder and name of a path; the folder of a name at the root is ''. */
export function splitPath(path: string): { folder: string; name: string } {
  const at = path.lastIndexOf('/');
  return at < 0 ? { folder: '', name: path } : { folder: path.slice(0, at), name: path.slice(at + 1) };
}
