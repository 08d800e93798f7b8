import assert from 'node:assert/strict';
import { parseEnvFile, readEnvFiles } from '../../../src/job/env-file.js';

describe('a file of variables', () => {
  // That all of this is what python-dotenv reads is in test/integration/cli/env-file.test.ts.
  for (const [what, text, values] of [
    [
      'values, spaces and comments',
      'A=1\n # no\n B = two words # yes\nC=a#b\r\nD=\nE= # none\n',
      { A: '1', B: 'two words', C: 'a#b', D: '', E: '' },
    ],
    ['export and a mark at the start', '\uFEFFexport A=1\nexport  B=2', { A: '1', B: '2' }],
    [
      'quotes',
      `A='a # $b \\n \\' "'\nB="b \\n \\" '" # note\n'C'=3`,
      { A: `a # $b \\n ' "`, B: 'b \n " \'', C: '3' },
    ],
    [
      'values of several lines',
      'KEY="-----BEGIN\nabc\n-----END"\nB=2',
      { KEY: '-----BEGIN\nabc\n-----END', B: '2' },
    ],
    ['other variables', 'A=1\nB=${A}${HOME}${NO}${NO:-x}$A\nA=2', { A: '2', B: '1/homex$A' }],
    ['names alone', 'A=1\nB\nA', {}],
    ['an equal sign in a value', 'URL=postgres://u:p=q@h/d?a=b', { URL: 'postgres://u:p=q@h/d?a=b' }],
  ] as [string, string, Record<string, string>][])
    it(`may hold ${what}`, () =>
      assert.deepEqual(parseEnvFile(text, { HOME: '/home' }), { values, badLines: [] }));

  it('says which lines cannot be read, and goes on after them', () => {
    const text = 'A=1\n\n=x\nB="open\nC=3\n D E\n';
    assert.deepEqual(parseEnvFile(text), { values: { A: '1', C: '3' }, badLines: [3, 4, 6] });
  });

  it('keeps names that objects have of themselves', () => {
    const { values } = parseEnvFile('constructor=1\nB=${toString}${constructor}');
    assert.deepEqual(Object.entries(values), [
      ['constructor', '1'],
      ['B', '1'],
    ]);
  });

  it('gives secrets, but for what is put together with Trainyard’s own, and says what it leaves out', () => {
    const files = [
      {
        name: '.env',
        text: 'A=1\nPYTHONPATH=src\nMLFLOW_TRACKING_URI=http://elsewhere\nMLFLOW_S3_ENDPOINT_URL=s\na-b=1\n=\n',
      },
      { name: 'more.env', text: 'A=${A}2\n' },
    ];
    assert.deepEqual(readEnvFiles(files, {}), {
      plain: { PYTHONPATH: 'src' },
      secrets: { A: '12', MLFLOW_S3_ENDPOINT_URL: 's' },
      notes: [
        '.env has lines that cannot be read: 6.',
        'MLFLOW_TRACKING_URI in .env was ignored: Trainyard sets it.',
        '“a-b” in .env was ignored: it is not a valid variable name.',
      ],
    });
  });
});
