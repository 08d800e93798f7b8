import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { TrainyardError } from '../base/errors.js';

/** Asks a question that Enter answers with no. @throws BAD_REQUEST without a terminal */
export async function confirm(question: string, { json }: { json?: boolean }): Promise<boolean> {
  if (json || !process.stdin.isTTY)
    throw new TrainyardError('BAD_REQUEST', question, {
      hint: 'There is no terminal to ask for confirmation. Use --yes.',
    });
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
