import { randomUUID } from 'node:crypto';
import fs from 'node:fs';

/** The whole text or what was there before, never a part of it; readable by the user only. */
export function writeFileAtomic(file: string, text: string): void {
  const temporary = `${file}.${randomUUID()}`;
  try {
    fs.writeFileSync(temporary, text, { mode: 0o600, flush: true });
    fs.renameSync(temporary, file);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}
