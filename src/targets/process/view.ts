/**
 * A process with a view of the files of its own: a mount namespace of Linux, made by the programs of util-linux. Nobody
 * but the process and its children sees what is mounted there, and it goes with them.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Mount } from './files.js';

const run = promisify(execFile);

/**
 * Environment variable of the server that says how: `root` for who may mount, `user` for anybody, by a user namespace
 * in which the process gets the person's id again, `none` for not at all. Else the first that works.
 */
export const VIEW_VARIABLE = 'TRAINYARD_JOB_VIEW';

export interface View {
  mounts: readonly Mount[];
  /** As the process sees it. */
  cwd: string;
  /** An empty file that is written when the view is made and the program about to start. */
  entered: string;
}

/** How this machine makes views: absolute paths of the programs, and the person's ids where they are to be got again. */
export interface ViewMaker {
  unshare: string;
  mount: string;
  sh: string;
  env: string;
  ids?: { user: number; group: number };
}

/** Exit codes that the process has when its view is made and there is no program to run. */
export const NOT_FOUND = 127;
export const NOT_RUNNABLE = 126;

/** Every path and word comes as an argument of its own. */
const SCRIPT = `
entered=$1 cwd=$2 program=$3 mount=$4
shift 4
while [ "$1" != -- ]; do
  "$mount" -n --rbind -- "$1" "$2" || exit 125
  shift 2
done
shift
cd -- "$cwd" || exit 125
case $program in
  */*) [ -e "$program" ] || exit ${NOT_FOUND}
       [ -x "$program" ] && [ ! -d "$program" ] || exit ${NOT_RUNNABLE} ;;
  *) command -v "$program" >/dev/null || exit ${NOT_FOUND} ;;
esac
(umask 077; : >"$entered") || exit 125
exec "$@"
`;

/** What to run so that `command` runs with the view, as the same process. */
export function inView(
  { unshare, mount, sh, env: envProgram, ids }: ViewMaker,
  { mounts, cwd, entered }: View,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): { command: string[]; env: Record<string, string> } {
  // Libraries of the job's own are for its program: these programs need those of the system.
  const isLoader = (name: string) => name.startsWith('LD_');
  const loader = Object.entries(env).filter(([name]) => isLoader(name));
  const [program = ''] = command;
  return {
    command: [
      ...[unshare, ...(ids ? ['--map-root-user'] : []), '--mount', '--propagation', 'slave', '--'],
      ...[sh, '-c', SCRIPT, 'sh', entered, cwd, program, mount],
      ...mounts.flatMap(({ from, at }) => [from, at]),
      '--',
      ...(ids ? [unshare, '--user', `--map-user=${ids.user}`, `--map-group=${ids.group}`, '--'] : []),
      ...(loader.length > 0 ? [envProgram, ...loader.map(([name, value]) => `${name}=${value}`)] : []),
      ...command,
    ],
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !isLoader(name))),
  };
}

/** Tries how views can be made here, for real. undefined: they cannot be. */
export async function findViewMaker(wanted = process.env[VIEW_VARIABLE]): Promise<ViewMaker | undefined> {
  if (process.platform !== 'linux') return undefined;
  const kinds: readonly string[] = wanted === undefined ? ['root', 'user'] : [wanted];
  const [unshare, mount, sh, env] = ['unshare', 'mount', 'sh', 'env'].map(programOf);
  if (!unshare || !mount || !sh || !env) return undefined;
  const ids = { user: process.getuid?.() ?? 0, group: process.getgid?.() ?? 0 };
  for (const kind of kinds) {
    const maker = { unshare, mount, sh, env, ...(kind === 'user' && { ids }) };
    if ((kind === 'root' || kind === 'user') && (await works(maker))) return maker;
  }
  return undefined;
}

/** Shows the process a folder at the place of another, and asks it what it reads there and who it is. */
async function works(maker: ViewMaker): Promise<boolean> {
  const scratch = path.join(os.tmpdir(), `trainyard-view-${randomUUID()}`);
  try {
    await fs.promises.mkdir(scratch, { mode: 0o700 });
    const [from, at] = ['from', 'at'].map((name) => path.join(scratch, name)) as [string, string];
    for (const folder of [from, at]) await fs.promises.mkdir(folder);
    await fs.promises.writeFile(path.join(from, 'word'), 'seen ');
    const view = { mounts: [{ from, at }], cwd: at, entered: path.join(scratch, 'entered') };
    const asked = [maker.sh, '-c', 'cat word; id -u'];
    const { command, env } = inView(maker, view, asked, process.env as Record<string, string>);
    const [program = '', ...args] = command;
    const { stdout } = await run(program, args, { env, timeout: 5_000 });
    return stdout === `seen ${process.getuid?.()}\n`;
  } catch (error) {
    // Containers and hardened systems forbid it, and say so in many ways.
    if (error instanceof Error) return false;
    throw error;
  } finally {
    await fs.promises.rm(scratch, { recursive: true, force: true });
  }
}

/** In the server's PATH, or where the system has it. */
function programOf(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return folders
    .filter(path.isAbsolute)
    .map((folder) => path.join(folder, name))
    .find((file) => fs.existsSync(file));
}
