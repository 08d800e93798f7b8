import fs from 'node:fs';
import { hasCode } from '../../src/base/errors.js';

/** Writes a file until its disk is full, to the last byte. */
export function fillDisk(name: string): void {
  const file = fs.openSync(name, 'w');
  for (const size of [1 << 20, 1 << 12, 1])
    try {
      for (;;) fs.writeSync(file, Buffer.alloc(size));
    } catch (error) {
      if (!hasCode(error, 'ENOSPC')) throw error;
    }
  fs.closeSync(file);
}
