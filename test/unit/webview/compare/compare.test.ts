import assert from 'node:assert/strict';
import type { ComparedRun } from '../../../../src/panels/compare-messages.js';
import { comparedRun } from '../../../../src/extension/panels/compared-run.js';
import { deltaOf, formatDelta, formatRelative } from '../../../../webview/compare/delta.js';
import { goalOf } from '../../../../webview/shared/goal.js';
import { fileRows, metricRows, textRows, writtenRows } from '../../../../webview/compare/rows.js';
import { sentenceOf, summaryOf } from '../../../../webview/compare/sentence.js';
import { tableRun } from '../../../ui/webview/table-host.js';

function compared(
  number: number,
  params: Record<string, string>,
  metrics: Record<string, number>,
): ComparedRun {
  const summary = (value: number) => ({ value, step: 0, timestamp: 0, count: 1, min: value, max: value });
  const entries = Object.entries(metrics).map(([name, value]) => [name, summary(value)]);
  return comparedRun(tableRun(number, { params, metrics: Object.fromEntries(entries) as never }));
}

const text = (parts: { text: string }[]) => parts.map((part) => part.text).join('');
const FILES = ['a.py', 'b.py', 'c.py'].map((path) => ({
  path,
  status: 'modified' as const,
  additions: 1,
  deletions: 0,
}));

describe('the goal of a metric', () => {
  it('is told by the words of its name, in every way they are written', () => {
    for (const name of [
      'loss',
      'val_loss',
      'eval/loss',
      'trainLoss',
      'rmse',
      'test-error',
      'error_rate',
      'accuracy_loss',
    ])
      assert.equal(goalOf(name), 'lower', name);
    for (const name of ['val_acc', 'accuracy', 'test/auc', 'f1', 'f1_macro', 'map_50'])
      assert.equal(goalOf(name), 'higher', name);
    for (const name of ['epoch', 'lr', 'glossary', 'system/cpu', ''])
      assert.equal(goalOf(name), 'unknown', name);
  });

  it('is what a person said, whatever the name says', () => {
    const said = { 'metric:loss': 'higher', 'metric:val_acc': 'unknown' } as const;
    assert.deepEqual(
      ['loss', 'val_acc', 'val_loss', 'constructor'].map((name) => goalOf(name, said)),
      ['higher', 'unknown', 'lower', 'unknown'],
    );
  });
});

describe('a difference', () => {
  it('is better or worse as the goal says', () => {
    assert.equal(deltaOf(1, 0.5, 'lower')?.verdict, 'better');
    assert.equal(deltaOf(1, 0.5, 'higher')?.verdict, 'worse');
    assert.equal(deltaOf(1, 0.5, 'unknown')?.verdict, 'unknown');
    assert.equal(deltaOf(1, 1, 'lower')?.verdict, 'same');
  });

  it('is none where there is nothing to subtract', () => {
    assert.equal(deltaOf(undefined, 1, 'lower'), undefined);
    assert.equal(deltaOf(NaN, 1, 'lower'), undefined);
    assert.equal(deltaOf(1, Infinity, 'lower'), undefined);
  });

  it('is written with a sign, and in per cent where that means something', () => {
    const delta = deltaOf(0.9, 0.912, 'higher')!;
    assert.deepEqual([formatDelta(delta), formatRelative(delta)], ['+0.012', '+1.3%']);
    const negative = deltaOf(-2, -3, 'higher')!;
    assert.deepEqual([formatDelta(negative), formatRelative(negative)], ['−1', '−50%']);
    assert.equal(formatRelative(deltaOf(0, 1, 'higher')!), '');
    assert.equal(formatDelta(deltaOf(1, 1, 'higher')!), '±0');
  });
});

describe('rows of the comparison', () => {
  it('say what differs; to have none is a difference', () => {
    const rows = textRows(
      [compared(1, { a: '1', b: '2' }, {}), compared(2, { a: '1' }, {})],
      (run) => run.params,
    );
    assert.deepEqual(
      rows.map(({ name, differs }) => [name, differs]),
      [
        ['a', false],
        ['b', true],
      ],
    );
  });

  it('know the best run by the goal, and none without one', () => {
    const rows = metricRows([
      compared(1, {}, { loss: 2, acc: NaN, epoch: 1, mae: 1, 'system/cpu': 3 }),
      compared(2, {}, { loss: 1, acc: 0.5, epoch: 2, mae: 1 }),
    ]);
    assert.deepEqual(
      rows.map(({ name, best }) => [name, best]),
      [
        ['acc', 1],
        ['epoch', undefined],
        ['loss', 1],
        ['mae', undefined],
        ['system/cpu', undefined],
      ],
    );
  });

  it('have every file that differs in one of the runs', () => {
    const rows = fileRows([FILES.slice(0, 1), undefined, FILES.slice(0, 2)]);
    assert.deepEqual(
      rows.map(({ path, files }) => [path, files.map((file) => file !== undefined)]),
      [
        ['a.py', [true, false, true]],
        ['b.py', [false, false, true]],
      ],
    );
  });
});

describe('files that runs wrote', () => {
  const file = (path: string, sha256?: string, bytes = 1) => ({
    path,
    bytes,
    isText: true,
    ...(sha256 && { sha256 }),
  });

  it('differ by their content, or by being there; a run that is not read yet makes no difference', () => {
    const rows = writtenRows([
      [file('a', 'x'), file('b', 'x'), file('c', 'x'), file('d', undefined, 5)],
      [file('a', 'x'), file('b', 'y'), file('d', undefined, 6)],
      undefined,
    ]);
    assert.deepEqual(
      rows.map(({ path, differs }) => [path, differs]),
      [
        ['a', false],
        ['b', true],
        ['c', true],
        ['d', true],
      ],
    );
  });
});

describe('the sentence', () => {
  it('cuts a value that is a text', () => {
    const prompt = 'You are a helpful reader of digits, and of letters';
    const parts = sentenceOf(compared(1, { prompt: 'short' }, {}), compared(2, { prompt }, {}), []);
    assert.equal(text(parts), 'prompt short → You are a helpful reader of dig…');
  });

  it('of many runs tells ranges and who is best', () => {
    const runs = [0.1, 0.001, 0.01].map((lr, i) =>
      compared(
        i + 1,
        {
          lr: String(lr),
          opt: ['adam', 'sgd', 'adam'][i]!,
          seed: '1',
          layers: ['a', 'b', 'c'][i]!,
          w: String(i),
        },
        { val_acc: i / 2, epoch: i },
      ),
    );
    assert.equal(
      text(summaryOf(runs)),
      `layers a, b, c, lr 0.001 to 0.1, opt adam, sgd, 1 more param; best val_acc 1 (${runs[2]!.name})`,
    );
  });

  it('names files, params and the metrics that count', () => {
    const first = compared(1, { lr: '0.1' }, { loss: 1, val_acc: 0.9, epoch: 1 });
    const second = compared(2, { lr: '0.01' }, { loss: 1.5, val_acc: 0.912, epoch: 9 });
    const parts = sentenceOf(first, second, FILES);
    assert.equal(text(parts), '3 files, lr 0.1 → 0.01; val_acc +0.012, loss +0.5');
    assert.deepEqual(
      parts.flatMap(({ verdict }) => verdict ?? []),
      ['better', 'worse'],
    );
  });

  it('counts the params beyond three', () => {
    const many = (value: string) =>
      Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, value]));
    assert.equal(
      text(sentenceOf(compared(1, many('1'), {}), compared(2, many('2'), {}), [])),
      'a 1 → 2, b 1 → 2, c 1 → 2, 2 more params',
    );
  });

  it('says that nothing changed, as far as it knows', () => {
    const [a, b] = [compared(1, { lr: '1' }, {}), compared(2, { lr: '1' }, {})];
    assert.equal(text(sentenceOf(a, b, [])), 'Same code and params');
    assert.equal(text(sentenceOf(a, b, undefined)), 'Same params');
  });
});
