import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, TrainyardError } from '../../base/errors.js';

/** Far longer than anybody holds it: a change is read, made and written without a pause. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;

/**
 * Does `action` while no other process that locks this file does. One that was killed has left its lock behind: it is
 * taken away when it is older than anybody holds one.
 * @throws CONFLICT when it cannot be had
 */
export async function withLock<T>(file: string, action: () => T): Promise<T> {
  const own = randomUUID();
  const deadline = Date.now() + 2 * PATIENCE_MS;
  while (!tryLock(file, own)) {
    if (Date.now() > deadline)
      throw new TrainyardError('CONFLICT', `Another program has ${file} locked.`, {
        hint: 'Try again. If no other Trainyard is running, delete this file.',
      });
    removeIfStale(file);
    await sleep(PAUSE_MS);
  }
  try {
    return action();
  } finally {
    if (ownerOf(file) === own) fs.rmSync(file);
  }
}

function tryLock(file: string, own: string): boolean {
  try {
    fs.writeFileSync(file, own, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    // Windows says the other while a file of the name is being deleted.
    if (hasCode(error, 'EEXIST', 'EPERM')) return false;
    throw error;
  }
}

function removeIfStale(file: string): void {
  const age = ageOf(file);
  if (age === undefined || age < PATIENCE_MS) return;
  const owner = ownerOf(file);
  // Of several who see the old one, one moves it; whoever moved a newer one by that puts it back.
  const aside = `${file}.${randomUUID()}`;
  try {
    fs.renameSync(file, aside);
    if (ownerOf(aside) !== owner) fs.linkSync(aside, file);
    fs.rmSync(aside);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EEXIST', 'EPERM')) throw error;
  }
}

function ageOf(file: string): number | undefined {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat && Date.now() - stat.mtimeMs;
}

function ownerOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
