import type { Row } from '../base/terminal/row.js';
import { Terminal } from '../base/terminal/terminal.js';

/** Longer than a line that is data. */
const COLUMNS = 1_000_000;

/**
 * A log as a terminal would show it, for files and pipes: a progress bar is one line, and colours are left out.
 * @param isLive report a line as soon as it ends, unless the program has moved back up that far; a line changed later
 * is reported again
 */
export async function* asShown(chunks: AsyncIterable<Uint8Array>, isLive: boolean): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const told = new WeakMap<Row, string>();
  let lines: string[] = [];
  const tell = (row: Row) => {
    if (told.get(row) === row.text) return;
    told.set(row, row.text);
    lines.push(`${row.text}\n`);
  };
  const terminal = new Terminal(tell, { columns: COLUMNS });
  for await (const chunk of chunks) {
    terminal.write(decoder.decode(chunk, { stream: true }));
    if (isLive) terminal.rows.slice(0, -1 - terminal.reach).forEach(tell);
    if (lines.length > 0) yield lines.join('');
    lines = [];
  }
  terminal.write(decoder.decode());
  terminal.rows.slice(0, -1).forEach(tell);
  yield lines.join('') + (terminal.rows.at(-1)?.text ?? '');
}
