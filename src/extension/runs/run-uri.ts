import { LOCAL_ID, parseRunKey, type RunKey, shortKey } from '../../workspace/run-ref.js';

/**
 * Addresses of the read-only files of a run: `trainyard-run:/@<workspace>/<run>/<area>/<path>`, or that path as the query.
 * Without `@<workspace>` it is a run of the workspace of this computer.
 */
export const RUN_SCHEME = 'trainyard-run';

/** `table`: a file that the run wrote, read as a table, with one line for each row. */
export type RunArea = 'files' | 'code' | 'table';
const AREAS: readonly string[] = ['files', 'code', 'table'] satisfies RunArea[];

export interface RunPath {
  /** Key of the run; an id alone is one of this computer. */
  runId: RunKey;
  area: RunArea;
  /** Relative, with `/`; '' is the root of the area. */
  path: string;
}

/** Path of the address. */
export function runUriPath({ runId, area, path }: RunPath): string {
  const { workspace, run } = parseRunKey(runId);
  const root = workspace === LOCAL_ID ? `/${run}/${area}` : `/@${workspace}/${run}/${area}`;
  return path === '' ? root : `${root}/${path}`;
}

/** Undefined when the path names nothing of a run. */
export function parseRunUriPath(path: string): RunPath | undefined {
  const [, first = '', ...others] = path.split('/');
  const workspace = first.startsWith('@') ? first.slice(1) : LOCAL_ID;
  const [run, area, ...rest] = first.startsWith('@') ? others : [first, ...others];
  if (!workspace || !run || !AREAS.includes(area ?? '')) return undefined;
  const runId = shortKey({ workspace, run });
  return { runId, area: area as RunArea, path: rest.filter(Boolean).join('/') };
}

/** Folder and name of a path; the folder of a name at the root is ''. */
export function splitPath(path: string): { folder: string; name: string } {
  const at = path.lastIndexOf('/');
  return at < 0 ? { folder: '', name: path } : { folder: path.slice(0, at), name: path.slice(at + 1) };
}
