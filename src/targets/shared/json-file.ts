/** Small files of JSON in a job's folder. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { hasCode } from '../../base/errors.js';

/** undefined: it is not there. */
export function readJson<T>(folder: string, name: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as T;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Appears whole or not at all. */
export function writeJson(folder: string, name: string, value: unknown): void {
  const temporary = path.join(folder, `.${name}.${process.pid}`);
  fs.writeFileSync(temporary, JSON.stringify(value), { mode: 0o600, flush: true });
  fs.renameSync(temporary, path.join(folder, name));
}
