import path from 'node:path';
import process from 'node:process';
import { errorData, TrainyardError } from '../base/errors.js';
import type { StoreRecovery, StoreReset, StoreVerb, StoreVerification } from '../workspace/local/contract.js';
import { recoverJobs } from './jobs/kept-jobs.js';
import { recover, reset, verify } from './store/recovery.js';

/** Maintains the store of a home without a running server, and prints the result as JSON. */
export async function maintain(home: string, verb: string): Promise<void> {
  try {
    process.stdout.write(`${JSON.stringify({ result: await run(home, verb as StoreVerb) })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: errorData(error) })}\n`);
    process.exitCode = 1;
  }
}

async function run(home: string, verb: StoreVerb): Promise<StoreVerification | StoreRecovery | StoreReset> {
  const folder = path.join(home, 'store');
  switch (verb) {
    case 'verify':
      return verify(folder, (objects) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${objects} files read`);
      });
    case 'recover':
      return recover(folder, (store) => recoverJobs(store, home));
    case 'reset':
      return { setAside: reset(folder) };
    default:
      throw new TrainyardError('BAD_REQUEST', `There is no “store ${String(verb)}”.`);
  }
}
