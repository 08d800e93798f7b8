/** The program that builds an environment: it goes on when the server is killed, and the next build has to end it. */
import { readJson, writeJson } from '../files.js';
import { identityOf, isSame } from '../identity.js';
import { killGroup } from '../kill.js';

const FILE = 'builder.json';

interface Builder {
  pid: number;
  identity: string;
}

/** @param folder absolute, of the attempt */
export async function noteBuilder(folder: string, pid: number): Promise<void> {
  const identity = await identityOf(pid);
  if (identity !== undefined) writeJson(folder, FILE, { pid, identity } satisfies Builder);
}

/** Ends it with all that it started, if it is still there. */
export async function endBuilder(folder: string): Promise<void> {
  const builder = readJson<Builder>(folder, FILE);
  if (builder && (await isSame(builder.pid, builder.identity))) killGroup(builder.pid, 'SIGKILL');
}
