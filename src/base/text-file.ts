import fs from 'node:fs';
import { messageOf, TrainyardError } from './errors.js';

/** The text of a file that a person names. @throws BAD_REQUEST */
export function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TrainyardError('BAD_REQUEST', `The file ${file} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}
