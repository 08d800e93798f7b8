import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Terminal as Emulator } from '@xterm/headless';
import fc from 'fast-check';
import { Terminal } from '../../../src/base/terminal/terminal.js';

const SIZE = { rows: 12, columns: 300 };
const RECORDED = new URL('./recorded/', import.meta.url);

/** What our model leaves of `chunks`, line by line. */
function linesOf(chunks: readonly string[], size = SIZE): string[] {
  const lines: string[] = [];
  const terminal = new Terminal(({ text }) => lines.push(text), size);
  for (const chunk of chunks) terminal.write(chunk);
  lines.push(...terminal.rows.map(({ text }) => text));
  return trimmed(lines);
}

/** The same by a terminal that people use. */
async function oracle(text: string): Promise<string[]> {
  const terminal = new Emulator({
    cols: SIZE.columns,
    rows: SIZE.rows,
    scrollback: 100_000,
    convertEol: true,
    allowProposedApi: true,
  });
  // Lines are not wrapped.
  await new Promise<void>((resolve) => terminal.write(`\u001B[?7l${text}`, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, i) =>
    (active.getLine(i)?.translateToString() ?? '').trimEnd(),
  );
  terminal.dispose();
  return trimmed(lines);
}

function trimmed(lines: readonly string[]): string[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1] === '') end--;
  return lines.slice(0, end).map(withoutTabs);
}

function withoutTabs(line: string): string {
  let shown = '';
  for (const character of line)
    shown = character === '\t' ? shown.padEnd((Math.floor(shown.length / 8) + 1) * 8) : shown + character;
  return shown.trimEnd();
}

/** What programs print, and what they may. */
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('epoch', ' 45%|██▌ |', 'loss=0.1', ' ', '漢字', '한', 'é', 'e\u0301'),
  },
  { weight: 4, arbitrary: fc.constantFrom('\r', '\n', '\r\n', '\b', '\b\b\b') },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...'ABCDEFGdX@PJK`aeLMST'), fc.constantFrom('', '0', '1', '2', '5', '30'))
      // A whole screen that is cleared is looked at on its own.
      .map(([letter, count]) => `\u001B[${letter === 'J' && count === '30' ? '' : count}${letter}`),
  },
  fc.constantFrom('\u001B[H', '\u001B[3;4H', '\u001B[;5f', '\u001B[2;1H'),
  fc.constantFrom('\u001B[31m', '\u001B[0m', '\u001B[1;38;5;12m', '\u001B[?25l', '\u001B[?25h'),
  fc.constantFrom('\u001B7', '\u001B8', '\u001B[s', '\u001B[u', '\u001BM', '\u001BD', '\u001BE', '\u001B(B'),
  fc.constantFrom('\u001B]0;title\u0007', '\u001B]8;;file:///x\u001B\\', '\u001BPdata\u001B\\', '\u0007'),
);
const output = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

describe('what a terminal shows', () => {
  it('is what an emulator shows of anything that is printed', async () => {
    await fc.assert(
      fc.asyncProperty(output, async (text) => assert.deepEqual(linesOf([text]), await oracle(text))),
      { numRuns: 400 },
    );
  });

  for (const name of fs.readdirSync(RECORDED))
    it(`is what an emulator shows of ${name}`, async () => {
      const text = fs.readFileSync(new URL(name, RECORDED), 'utf8');
      assert.deepEqual(linesOf([text]), await oracle(text));
    });

  it('does not depend on how the text is cut', () => {
    fc.assert(
      fc.property(output, fc.array(fc.nat(200)), (text, cuts) => {
        const borders = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
        const chunks = borders.slice(1).map((end, i) => text.slice(borders[i], end));
        assert.deepEqual(linesOf(chunks), linesOf([text]));
      }),
    );
  });

  it('has one line for each of two nested progress bars', () => {
    const text = fs.readFileSync(new URL('nested-tqdm-left.txt', RECORDED), 'utf8');
    const lines = linesOf([text]);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^epochs: 100%\|█+\| 3\/3 \[/);
  });

  it('applies what is written over, however it is', () => {
    assert.deepEqual(linesOf(['abcdef\rxy']), ['xycdef']);
    assert.deepEqual(linesOf(['12%\b\b\b99%']), ['99%']);
    assert.deepEqual(linesOf(['one\ntwo\nthree\u001B[2F\u001B[KONE\u001B[2E!']), ['ONE', 'two', '!hree']);
    assert.deepEqual(linesOf(['漢字\b\b\b\bx']), ['x 字']);
    assert.deepEqual(linesOf(['🚀x\b\bab']), [' ab']);
  });

  it('keeps what has scrolled away, also when the screen is cleared', () => {
    const before = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    const lines = linesOf([`${before.join('\n')}\n\u001B[H\u001B[2J\u001B[3Jafter`]);
    assert.deepEqual(lines, [...before.slice(0, 9), 'after']);
  });

  it('shows what comes after a title that was never closed', () => {
    assert.deepEqual(linesOf(['\u001B]0;title\nafter']), ['', 'after']);
  });

  it('is bounded, whatever is printed', () => {
    const size = { rows: 5, columns: 40 };
    assert.deepEqual(linesOf(['x'.repeat(1_000_000)], size), ['x'.repeat(40)]);
    assert.deepEqual(linesOf(['\u001B[99999999B\u001B[99999999Cx\u001B[99999999@'], size).length, 5);
    assert.deepEqual(linesOf([`\u001B[${'1'.repeat(10_000)}mred`], size), ['red']);
    assert.ok((linesOf([`e${'\u0301'.repeat(100_000)}`], size)[0]?.length ?? 0) < 100);
  });
});
