/**
 * How this room calls git: text answers through simple-git, bytes (NUL-separated lists, blobs, stdin) by
 * a plain spawn, because simple-git decodes what git prints as UTF-8 and waits 50 ms on silent commands.
 * Both get the same environment and settings, and neither goes through a shell.
 */
import { spawn } from 'node:child_process';
import { messageOf, TrainyardError } from '../base/errors.js';

/** Where and with what a git command runs. */
export interface GitPlace {
  /** The current folder of the command; must exist. */
  cwd: string;
  /** GIT_DIR and similar variables, on top of those of every call. */
  env?: Record<string, string>;
  /** `name=value` settings, on top of those of every call. */
  settings?: string[];
  /** For commands that write files others may have to read; default: the umask of this process. */
  umask?: number;
}

/** Settings of every call: the person's configuration must not start programs or write reflogs. */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.logAllRefUpdates=false',
  'core.splitIndex=false',
  'core.quotePath=false',
  'core.longPaths=true',
  'i18n.commitEncoding=utf-8',
  // Names such as `git~1` are ordinary files anywhere but on Windows, and must be kept there.
  ...(process.platform === 'win32' ? [] : ['core.protectNTFS=false']),
];

const ALWAYS = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
  GIT_AUTHOR_NAME: 'Trainyard',
  GIT_AUTHOR_EMAIL: 'trainyard@localhost',
  GIT_COMMITTER_NAME: 'Trainyard',
  GIT_COMMITTER_EMAIL: 'trainyard@localhost',
};

/** Of the inherited GIT_ variables, only those that locate git's configuration; never GIT_DIR and the like. */
const INHERITED = new Set([
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
  'GIT_EXEC_PATH',
]);
/** simple-git refuses these beside the GIT_ ones; no command here needs them. */
const REFUSED = new Set(['EDITOR', 'VISUAL', 'PAGER', 'PREFIX', 'SSH_ASKPASS']);

function environment(place: GitPlace): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const upper = name.toUpperCase();
    if (value === undefined || REFUSED.has(upper)) continue;
    if (!upper.startsWith('GIT_') || INHERITED.has(upper)) env[name] = value;
  }
  return { ...env, ...ALWAYS, ...place.env };
}

function settingsOf(place: GitPlace): string[] {
  return [...SETTINGS, ...(place.settings ?? [])];
}

/** What a command prints, as text without the last line break. */
export async function gitText(place: GitPlace, args: string[]): Promise<string> {
  const env = environment(place);
  const { simpleGit } = await import('simple-git');
  const git = simpleGit({
    baseDir: place.cwd,
    config: settingsOf(place),
    allowEnvironment: Object.keys(env).filter((name) => name.toUpperCase().startsWith('GIT_')),
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeExec: true,
    },
  });
  try {
    return (await git.env(env).raw(args)).replace(/\r?\n$/, '');
  } catch (error) {
    throw gitError(args, messageOf(error), error);
  }
}

/** What a command prints, as bytes; `input` goes to its stdin. */
export async function gitBytes(
  place: GitPlace,
  args: string[],
  input: Buffer | string = '',
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await gitStream(place, args, input, (chunk) => {
    chunks.push(chunk);
    return true;
  });
  return Buffer.concat(chunks);
}

/** Passes the output of a command to `take` piece by piece. If `take` returns false, git is stopped. */
export function gitStream(
  place: GitPlace,
  args: string[],
  input: Buffer | string,
  take: (chunk: Buffer) => boolean,
): Promise<void> {
  const settings = settingsOf(place).flatMap((setting) => ['-c', setting]);
  return new Promise((resolve, reject) => {
    const [program, ...words] = underUmask(place.umask, ['git', ...settings, ...args]);
    const child = spawn(program, words, {
      cwd: place.cwd,
      env: environment(place),
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let errors = '';
    let enough = false;
    child.stdout.on('data', (chunk: Buffer) => {
      if (enough || take(chunk)) return;
      enough = true;
      child.kill();
    });
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
    // git may exit before it has read everything; its exit code and message say why.
    child.stdin.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') reject(gitError(args, error.message, error));
    });
    child.on('error', (error) => reject(gitError(args, error.message, error)));
    child.on('close', (code) => {
      if (code === 0 || enough) resolve();
      else reject(gitError(args, errors));
    });
    child.stdin.end(input);
  });
}

/** What a command prints, as it comes; what is not read holds git up. @throws GIT_FAILED at the end */
export async function* gitReadable(place: GitPlace, args: string[]): AsyncGenerator<Buffer> {
  const settings = settingsOf(place).flatMap((setting) => ['-c', setting]);
  const child = spawn('git', [...settings, ...args], {
    cwd: place.cwd,
    env: environment(place),
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (error) => reject(gitError(args, error.message, error)));
    child.on('close', (code) => (code === 0 ? resolve() : reject(gitError(args, errors))));
  });
  // It is told to whoever reads to the end, and to nobody else.
  ended.catch(() => undefined);
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    await ended;
  } finally {
    child.kill();
  }
}

/** A command line that runs another under a umask, since a process can only change its own. Arguments are not split. */
function underUmask(umask: number | undefined, command: [string, ...string[]]): [string, ...string[]] {
  if (umask === undefined || process.platform === 'win32') return command;
  return ['/bin/sh', '-c', 'umask "$0" && exec "$@"', umask.toString(8).padStart(4, '0'), ...command];
}

/**
 * Settings that disable every clean and smudge filter, for commands that may read a person's files.
 * @param names of all settings there are
 */
export function filtersOff(names: Iterable<string>): string[] {
  const filters = new Set<string>();
  for (const name of names) {
    const filter = /^filter\.(.+)\.[^.]+$/s.exec(name)?.[1];
    if (filter !== undefined) filters.add(filter);
  }
  return [...filters].flatMap((filter) => [
    `filter.${filter}.clean=`,
    `filter.${filter}.process=`,
    `filter.${filter}.required=false`,
  ]);
}

function gitError(args: string[], words: string, cause?: unknown): TrainyardError {
  const said = words.trim();
  const command = `git ${args[0] ?? ''}`.trim();
  if (/spawn git ENOENT/.test(said))
    return new TrainyardError('GIT_FAILED', 'git was not found.', {
      hint: 'Install git, or put it on the PATH, and try again.',
      details: { command, output: said },
      cause,
    });
  const first = said.split('\n').find((line) => /^(fatal|error):/.test(line)) ?? said.split('\n')[0] ?? '';
  const sentence = first.replace(/^(fatal|error): /, '') || 'it exited without a message';
  return new TrainyardError('GIT_FAILED', `${command} failed: ${sentence}`, {
    hint: hintFor(said),
    details: { command, output: said },
    cause,
  });
}

function hintFor(said: string): string {
  const ownership = /git config --global --add safe\.directory \S.*/.exec(said);
  if (ownership) return `If you trust this folder, run: ${ownership[0]}`;
  if (/Permission denied/i.test(said))
    return 'Make the file readable, or leave it out with .gitignore or .amlignore.';
  if (/No space left/i.test(said)) return 'Free some disk space and try again.';
  return 'Run `git status` in the folder for details.';
}
