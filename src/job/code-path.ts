/** Maps paths that a job prints to files of its code. Pure: the disk is not read. */

/** The origin of a job's code. */
export interface CodeOrigin {
  runId: string;
  /** The folder whose code is kept, absolute. */
  root: string;
  /** The folder that the job ran in, relative to `root`, with `/`; '' is `root` itself. */
  cwd?: string;
  /** What `~` stands for. */
  userHome?: string;
}

/** The copy of the code that belongs to one job: `<home>/jobs/<run>/code/…`. */
const JOB_COPY = /\/jobs\/([^/]+)\/code(?:\/|$)/;
/** A copy that jobs share, with every file below its absolute path: `<home>/checkouts/<key>/<n>/tree/<root>/…`. */
const SHARED_COPY = /\/checkouts\/[^/]+\/[^/]+\/tree(?=\/)/;
/** `<string>`, `[eval]`, `node:fs`, and what is left of nothing. */
const NO_FILE = /^$|^[<[]|^[a-z]+:/;
const DRIVE = /^[A-Za-z]:(?=\/|$)/;

/**
 * The file of the code that a job refers to, relative to the root, with `/`.
 * @param named as a traceback has it: the person's own path, one in the copy that the job ran from, or one that is
 * relative to the working folder; also a `file:` address, and with `\` on Windows
 * @returns undefined if it is not a file of the code
 */
export function pathInCode(named: string, origin: CodeOrigin): string | undefined {
  const root = withSlashes(origin.root).replace(/\/$/, '');
  let path = withSlashes(fromAddress(named), DRIVE.test(root) || DRIVE.test(named.replaceAll('\\', '/')));
  if (origin.userHome !== undefined && path.startsWith('~/'))
    path = withSlashes(origin.userHome) + path.slice(1);
  const copy = JOB_COPY.exec(path);
  if (copy) return copy[1] === origin.runId ? inside(path.slice(copy.index + copy[0].length)) : undefined;
  path = ownPath(path);
  if (!path.startsWith('/') && !DRIVE.test(path))
    return NO_FILE.test(path) ? undefined : inside(`${origin.cwd ?? ''}/${path}`);
  // Nobody knows where the code came from.
  if (origin.root === '') return undefined;
  const [whole, top] = [comparable(resolved(path)), comparable(root)];
  if (!whole.startsWith(`${top}/`)) return undefined;
  return inside(resolved(path).slice(resolved(path).length - (whole.length - top.length)));
}

/** Third-party code, even if it is in the person's folder: packages, environments. */
export function isLibrary(path: string): boolean {
  return /(?:^|\/)(?:site-packages|dist-packages|node_modules|\.venv|venv|lib\/python\d[^/]*)\//i.test(
    path.replaceAll('\\', '/'),
  );
}

/** The id of the run in whose copy of the code a path lies. */
export function runOfPath(named: string): string | undefined {
  return JOB_COPY.exec(withSlashes(fromAddress(named), true))?.[1];
}

/** Turns a path in a shared copy into the person's own path; returns other paths unchanged. With `/`. */
export function ownPath(named: string): string {
  const copy = SHARED_COPY.exec(named);
  if (!copy) return named;
  // A drive is a folder there: `/C/Users` is `C:/Users`.
  return named
    .slice(copy.index + copy[0].length)
    .replace(/^\/([A-Za-z]):?(?=\/)/, (all, drive: string) => (DRIVE.test(named) ? `${drive}:` : all));
}

function fromAddress(named: string): string {
  const path = /^file:\/\/(?:localhost)?(\/.*)$/.exec(named)?.[1];
  if (path === undefined) return named;
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch (error) {
    // A program may print an invalid URL; then it is taken as a path.
    if (!(error instanceof URIError)) throw error;
  }
  return decoded.replace(/^\/(?=[A-Za-z]:)/, '');
}

/** Except on Windows, `\` is part of a name. */
function withSlashes(path: string, isWindows = DRIVE.test(path.replaceAll('\\', '/'))): string {
  return isWindows ? path.replaceAll('\\', '/') : path;
}

/** Without `.` and `..`. */
function resolved(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
  }
  return parts.join('/');
}

/** Windows ignores case. On macOS `/tmp` and other folders are also below `/private`. */
function comparable(path: string): string {
  return DRIVE.test(path) ? path.toLowerCase() : path.replace(/^\/private(?=\/(?:tmp|var|etc)\/)/, '');
}

/** Undefined when it leads out of the code, or is its root. */
function inside(relative: string): string | undefined {
  const parts: string[] = [];
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : parts.join('/');
}
