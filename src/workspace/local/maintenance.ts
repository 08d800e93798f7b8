import { spawn } from 'node:child_process';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { type ErrorData, TrainyardError } from '../../base/errors.js';
import { parseOrNothing } from '../../base/json.js';
import type { StoreRecovery, StoreReset, StoreVerb, StoreVerification } from './contract.js';
import { findServer, homeOf } from './launch.js';

interface Results {
  verify: StoreVerification;
  recover: StoreRecovery;
  reset: StoreReset;
}

/**
 * Looks after the store of a home: in a process of its own, while no server has it.
 * @throws CONFLICT (a server has it) | STORE_NEWER | STORE_FULL
 */
export async function maintainStore<V extends StoreVerb>(
  verb: V,
  options: { home?: string; serverEntry: string },
): Promise<Results[V]> {
  const home = homeOf(options);
  if (await findServer(home))
    throw new TrainyardError('CONFLICT', `The server of ${home} has the store open.`, {
      hint: 'Stop it first with “trainyard server stop”. Jobs continue.',
    });
  const child = spawn(process.execPath, [options.serverEntry, 'store', verb], {
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    // In the editor process.execPath is Electron.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', TRAINYARD_HOME: home },
  });
  const [said] = await Promise.all([
    text(child.stdout),
    new Promise((resolve, reject) => child.once('close', resolve).once('error', reject)),
  ]);
  const answer = parseOrNothing(said) as { result?: Results[V]; error?: ErrorData } | undefined;
  if (answer?.error) throw TrainyardError.from(answer.error);
  if (!answer?.result) throw new TrainyardError('INTERNAL', `“store ${verb}” ended without a result.`);
  return answer.result;
}
