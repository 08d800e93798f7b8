import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { comparedRun } from '../../../../src/extension/panels/compared-run.js';
import { dataOf, factRows, packagesOf } from '../../../../webview/compare/facts.js';
import { tableRun } from '../../../ui/webview/table-host.js';

const ROOT = path.resolve(import.meta.dirname, '../../../..');

const RUN = comparedRun(tableRun(1, { state: 'finished', user: 'ada' }));

/** As a page in another language has it: the texts are read when the page begins. */
function inLanguage(strings: Record<string, string>): [name: string, values: string[]][] {
  const script = `
    const [strings, run] = process.argv.slice(1);
    const documentElement = { lang: 'en' };
    globalThis.document = { documentElement, querySelector: () => ({ content: strings }) };
    const { factRows } = await import('./webview/compare/facts.ts');
    const rows = factRows([JSON.parse(run)]);
    console.log(JSON.stringify(rows.map(({ name, values }) => [name, values])));`;
  const args = [
    '--import=tsx',
    '--input-type=module',
    '-e',
    script,
    JSON.stringify(strings),
    JSON.stringify(RUN),
  ];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })) as never;
}

describe('data and packages of compared runs', () => {
  const details = {
    data: { 'digits (training)': 'aa' },
    sources: { 'digits (training)': 's3://a/b' },
    models: { input: 'base', output: 'net' },
    environment: { Python: '3.12.1', rich: '' },
  };

  it('are values by name, nothing while they are not known', () => {
    assert.deepEqual(dataOf(details), {
      'digits (training)': 'aa',
      'digits (training) from': 's3://a/b',
      'Input model': 'base',
      'Output model': 'net',
    });
    assert.deepEqual(packagesOf(details), { Python: '3.12.1', rich: 'any' });
    assert.deepEqual([dataOf(undefined), packagesOf(undefined)], [{}, {}]);
  });
});

describe('the facts of compared runs', () => {
  it('begin with how each run went', () => {
    const rows = factRows([RUN, { ...RUN, duration: null }]);
    assert.deepEqual(
      rows.slice(0, 3).map(({ name, values }) => [name, values.map((value) => value !== undefined)]),
      [
        ['State', [true, true]],
        ['Started', [true, true]],
        ['Duration', [true, false]],
      ],
    );
    assert.deepEqual(rows.find(({ name }) => name === 'User')?.values, ['ada', 'ada']);
  });

  it('have their values in any language', () => {
    const english = factRows([RUN]);
    const words: Record<string, string> = {
      State: 'Status',
      Started: 'Beginn',
      Duration: 'Dauer',
      User: 'Wer',
    };
    assert.deepEqual(
      inLanguage(words),
      english.map(({ name, values }) => [words[name] ?? name, values]),
    );
  });
});
