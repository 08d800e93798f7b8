import assert from 'node:assert/strict';
import { findPlaces, linksIn } from '../../../src/panels/code-places.js';

const found = (line: string) =>
  findPlaces(line).map(({ start, length, file, line: number }) => [
    line.slice(start, start + length),
    file,
    number,
  ]);

describe('lines of code in what a program prints', () => {
  const cases: [line: string, ...places: [text: string, file: string, line: number][]][] = [
    ['  File "/x/my train.py", line 6, in main', ['"/x/my train.py", line 6', '/x/my train.py', 6]],
    ['[rank1]:   File "train.py", line 12', ['"train.py", line 12', 'train.py', 12]],
    ['│ /x/train.py:6 in <module>    │', ['/x/train.py:6', '/x/train.py', 6]],
    ['    at main (/x/train.js:2:9)', ['/x/train.js:2', '/x/train.js', 2]],
    ['    at file:///x/train.mjs:1:7', ['file:///x/train.mjs:1', 'file:///x/train.mjs', 1]],
    ['train.sh: line 3: foo: command not found', ['train.sh: line 3', 'train.sh', 3]],
    ['dash.sh: 3: foo: not found', ['dash.sh: 3', 'dash.sh', 3]],
    ['   @ Main /x/train.jl:7', ['/x/train.jl:7', '/x/train.jl', 7]],
    ['a.py:1 b.py:2', ['a.py:1', 'a.py', 1], ['b.py:2', 'b.py', 2]],
    ['C:\\proj\\train.py:4: UserWarning: old', ['C:\\proj\\train.py:4', 'C:\\proj\\train.py', 4]],
    ['epoch 3: loss 0.25, 12:30:05, http://localhost:8080/a.html'],
  ];
  for (const [line, ...places] of cases)
    it(`are ${places.map(([, file, number]) => `${file}:${number}`).join(' and ') || 'none'} in ${line.trim()}`, () =>
      assert.deepEqual(found(line), places));

  it('lead to the file of the code, from wherever it ran; not to what is of others', () => {
    const origin = { runId: 'a1', root: '/p', cwd: '' };
    const text = [
      'first',
      '  File "/h/jobs/a1/code/lib/data.py", line 2, in load',
      '  File "/p/.venv/lib/python3.12/site-packages/torch/x.py", line 9, in f',
      '  File "/usr/lib/python3.12/json/decoder.py", line 3, in g',
      '/h/checkouts/k/0/tree/p/train.py:4',
    ].join('\n');
    const links = linksIn(text, origin);
    assert.deepEqual(
      links.map(({ start, length, file, line }) => [text.slice(start, start + length), file, line]),
      [
        ['"/h/jobs/a1/code/lib/data.py", line 2', 'lib/data.py', 2],
        ['/h/checkouts/k/0/tree/p/train.py:4', 'train.py', 4],
      ],
    );
  });

  it('are found in no time in a long line', () => {
    const start = performance.now();
    for (const line of ['/a.py'.repeat(40_000), 'File "'.repeat(40_000), 'a/'.repeat(100_000)])
      findPlaces(line);
    assert.ok(performance.now() - start < 5_000);
  });
});
