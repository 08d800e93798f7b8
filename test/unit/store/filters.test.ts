import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { TrainyardError } from '../../../src/base/errors.js';
import { parseQuery } from '../../../src/base/filter/query.js';
import { Store } from '../../../src/server/store/store.js';

describe('filters of our own views', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-filters-'));
  let store: Store;
  const noon = new Date('2026-11-10T12:00').getTime();
  interface Given {
    params: Record<string, string>;
    metrics: Record<string, number>;
    tags: Record<string, string>;
  }
  const given: Record<string, Given> = {
    a: { params: { lr: '0.1', model: 'mlp' }, metrics: { acc: 0.9 }, tags: { stage: 'done' } },
    b: { params: { lr: '5e-3', model: 'cnn' }, metrics: { acc: 0.5, loss: NaN }, tags: {} },
    c: { params: { lr: 'auto', both: '1' }, metrics: { 'val loss': 2, both: 1 }, tags: { stage: '10' } },
    d: { params: {}, metrics: {}, tags: { 'mlflow.source.name': 'src/train_mlp.py' } },
  };

  before(async () => {
    store = Store.open(folder);
    await store.write(() => {
      for (const [i, [name, { params, metrics, tags }]] of Object.entries(given).entries()) {
        const { id } = store.runs.create({ experimentId: '0', name, startTime: noon + i * 86_400_000, tags });
        store.runs.logParams(id, params);
        const points = Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 1, step: 1 }));
        store.metrics.append(id, points);
        if (name === 'a') store.runs.update(id, { status: 'killed', endTime: noon + 600_000 });
        if (name === 'b')
          store.runs.update(id, { status: 'finished', endTime: noon + 86_400_000 + 7_200_000 });
      }
    });
  });
  after(async () => {
    await store.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const find = (filter: string) =>
    store.runs
      .many(
        store.runs.find({ experimentIds: ['0'], filter, grammar: 'own', lifecycle: 'active', limit: 100 })
          .ids,
      )
      .map(({ name }) => name)
      .sort()
      .join('');

  const cases: [string, string][] = [
    ['', 'abcd'],
    ['params.lr > 0.01', 'a'],
    ['params.lr < 0.01', 'b'],
    ['params.lr = 0.005', 'b'],
    ['params.lr != 0.1', 'b'],
    ["params.lr = '0.1'", 'a'],
    ["params.lr = '0.10'", ''],
    ["params.lr != '0.1'", 'bc'],
    ['tags.stage >= 9', 'c'],
    ['lr > 0.01 OR model = cnn', 'ab'],
    ['lr = auto or lr = 0.1 and model = mlp', 'ac'],
    ['(lr = auto or lr = 0.1) and model = mlp', 'a'],
    ['NOT params.model = mlp', 'bcd'],
    ['NOT model = mlp AND NOT model = cnn', 'cd'],
    ['not (model = mlp or model = cnn)', 'cd'],
    ['metrics.acc IS NULL', 'cd'],
    ['metrics.acc is not null', 'ab'],
    ['metrics.loss IS NOT NULL', 'b'],
    ['metrics.loss = nan', 'b'],
    ['metrics.loss != 1', 'b'],
    ['metrics.loss < inf', ''],
    ['params.model IS NULL', 'cd'],
    ['tags.stage IS NULL', 'bd'],
    ['end_time IS NULL', 'cd'],
    ['metrics.`val loss` == 2', 'c'],
    ['metrics."val loss" <> 1', 'c'],
    ['"val loss" = 2', 'c'],
    ['metrics.acc BETWEEN 0.5 AND 0.6 AND model = cnn', 'b'],
    ['metrics.acc NOT BETWEEN 0.5 AND 0.6', 'a'],
    ['metrics.acc IN (0.9, 7)', 'a'],
    ['params.model IN (mlp, "cnn")', 'ab'],
    ['params.model NOT IN (mlp)', 'b'],
    ['params.model LIKE m%', 'a'],
    ["params.model ILIKE 'C%'", 'b'],
    ['params.model NOT LIKE m%', 'b'],
    ['params.lr CONTAINS UT', 'c'],
    ['mlp', 'ad'],
    ['"MLP"', 'ad'],
    ['mlp state = cancelled', 'a'],
    ['mlp train', 'd'],
    ['ml%', ''],
    ['params.model CONTAINS é', ''],
    ['mlp NOT train', 'a'],
    ['state = cancelled', 'a'],
    ["status = 'FINISHED'", 'b'],
    ['state IN (finished, cancelled)', 'ab'],
    ['duration > 10m', 'b'],
    ['duration <= 600', 'a'],
    ['duration >= 1h30m', 'b'],
    ['NOT duration > 10m', 'acd'],
    ['start_time >= 2026-11-12', 'cd'],
    ["started BETWEEN 2026-11-10 AND '2026-11-11 13:00'", 'ab'],
    ['script LIKE %mlp.py', 'd'],
    ['NOT script LIKE %mlp.py', 'abc'],
    ['experiment = Default AND name = a', 'a'],
    ['metrics.both = 1', 'c'],
    ['name != a', 'bcd'],
    ["attributes.run_name = 'a' AND params.lr = '0.1'", 'a'],
    ['params.lr=0.1', 'a'],
    ['params.nothing = 1', ''],
  ];
  for (const [filter, expected] of cases)
    it(`${filter || '(nothing)'} → ${expected || 'none'}`, () => assert.equal(find(filter), expected));

  const faults: [string, RegExp][] = [
    ['metrics.acc >', /^Expected a value after >, at character 14\.$/],
    ['metrics.acc', /^Expected an operator such as =, > or IS NULL after metrics\.acc, at character 12\.$/],
    [
      'metrics.acc > 0.5 params.lr = 1',
      /^Expected AND, OR or the end after 0\.5, not params\.lr, at character 19/,
    ],
    ['(name = a', /^Expected AND, OR or \) after a, at character 10/],
    ['name = a)', /^Expected AND, OR or the end after a, not \), at character 9/],
    ['name = a OR', /^Expected a condition after OR, at character 12/],
    ['AND name = a', /^Expected a condition, not AND, at character 1/],
    ["name = 'a", /^The quote ' is not closed, at character 8/],
    ['metrics.acc > high', /^Expected a number, not high, at character 15/],
    ['metrics.acc LIKE a', /^LIKE needs text, and acc is not text, at character 1/],
    ['name IS 3', /^Expected NULL or NOT NULL after IS, not 3, at character 9/],
    ['name IN a', /^Expected \( after IN, not a, at character 9/],
    ['name IN (a', /^Expected , or \) after a, at character 11/],
    ['acc BETWEEN 1 OR 2', /^Expected AND after 1, not OR, at character 15/],
    ['both = 1', /^both may be a metric or a param: write metrics\.both or params\.both, at character 1/],
    ['name = a AND sped = 1', /^No metric, param, tag or attribute is called sped, at character 14/],
    ['run.colour = red', /^There is no attribute colour\. Attributes: id, name.*, at character 1/],
    ['start_time > yesterday', /^Expected a date such as 2026-11-30 or .*, not yesterday, at character 14/],
    ['duration > long', /^Expected a duration such as 90s.*, not long, at character 12/],
    [`${'('.repeat(60)}a`, /^More than 50 nested parentheses or NOTs, at character/],
    [`${'NOT '.repeat(60)}a`, /^More than 50 nested parentheses or NOTs, at character/],
    ['a '.repeat(600), /^The filter has more than 500 conditions, at character/],
    ['a'.repeat(10_001), /at most 10,000 characters/],
  ];
  for (const [filter, message] of faults)
    it(`tells what is wrong with ${filter.slice(0, 40)}`, () =>
      assert.throws(
        () => find(filter),
        (error) => {
          assert.ok(TrainyardError.is(error, 'BAD_REQUEST'));
          assert.match(error.message, message);
          return true;
        },
      ));

  it('leaves MLflow’s own grammar to its routes', () => {
    const mlflow = (filter: string) =>
      store.runs.find({ experimentIds: ['0'], filter, lifecycle: 'active', limit: 100 });
    for (const filter of ['params.lr > 0.01', "name = 'a' OR name = 'b'", 'metrics.acc IS NULL', 'mlp'])
      assert.throws(() => mlflow(filter), { code: 'BAD_REQUEST' });
  });

  it('takes 500 conditions in one', () => {
    assert.equal(find(Array.from({ length: 500 }, (_, i) => `acc > ${i + 1}`).join(' OR ')), '');
    assert.equal(find(Array.from({ length: 500 }, () => 'lr = 0.1').join(' OR ')), 'a');
  });

  type Truth = (run: Given) => boolean;
  const leaf: fc.Arbitrary<[string, Truth]> = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('acc', 'loss', 'val loss'),
        fc.constantFrom('<', '>=', '=', '!='),
        fc.constantFrom(0.5, 0.7, 2),
      )
      .map(([key, operator, value]): [string, Truth] => [
        `metrics.\`${key}\` ${operator} ${value}`,
        ({ metrics }) => key in metrics && compares(metrics[key] as number, operator, value),
      ]),
    fc
      .tuple(
        fc.constantFrom('lr', 'both'),
        fc.constantFrom('<', '>=', '=', '!='),
        fc.constantFrom(0.005, 0.1, 1),
      )
      .map(([key, operator, value]): [string, Truth] => [
        `params.${key} ${operator} ${value}`,
        ({ params }) => {
          const number = params[key] === undefined ? NaN : Number(params[key]);
          return !Number.isNaN(number) && compares(number, operator, value);
        },
      ]),
    fc
      .constantFrom('lr', 'model')
      .map((key): [string, Truth] => [`params.${key} is null`, ({ params }) => !(key in params)]),
    fc
      .constantFrom('done', '10')
      .map((value): [string, Truth] => [
        `tags.stage NOT IN ('${value}')`,
        ({ tags }) => 'stage' in tags && tags['stage'] !== value,
      ]),
  );
  const { query } = fc.letrec<{ query: [string, Truth] }>((tie) => ({
    query: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      leaf,
      fc
        .tuple(tie('query'), tie('query'))
        .map(([[a, x], [b, y]]): [string, Truth] => [`(${a}) AND (${b})`, (r) => x(r) && y(r)]),
      fc
        .tuple(tie('query'), tie('query'))
        .map(([[a, x], [b, y]]): [string, Truth] => [`(${a}) or (${b})`, (r) => x(r) || y(r)]),
      // Precedence: of leaves without parentheses.
      fc
        .tuple(leaf, leaf, leaf)
        .map(([[a, x], [b, y], [c, z]]): [string, Truth] => [
          `(${a} OR NOT ${b} AND ${c})`,
          (r) => x(r) || (!y(r) && z(r)),
        ]),
      tie('query').map(([a, x]): [string, Truth] => [`NOT (${a})`, (r) => !x(r)]),
    ),
  }));
  const compares = (a: number, operator: string, b: number) =>
    operator === '<' ? a < b : operator === '>=' ? a >= b : operator === '=' ? a === b : a !== b;

  it('finds what a plain look at each run finds', () => {
    fc.assert(
      fc.property(query, ([filter, truth]) => {
        const expected = Object.keys(given).filter((name) => truth(given[name] as Given));
        assert.equal(find(filter), expected.join(''), filter);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses or reads any text, and lets nothing through to SQL', () => {
    const piece = fc.constantFrom(
      'params.lr',
      'metrics.acc',
      '=',
      '>',
      '(',
      ')',
      'AND',
      'OR',
      'NOT',
      'IN',
      ',',
      "'",
      '"x"',
      '`',
      'NULL',
      'IS',
      'BETWEEN',
      '1',
      'LIKE',
      ';',
      '--',
      'start_time',
      '?',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, spaced) => {
        const text = pieces.join(spaced ? ' ' : '');
        try {
          parseQuery(text);
          find(text);
        } catch (error) {
          assert.ok(TrainyardError.is(error, 'BAD_REQUEST'), `${text}: ${String(error)}`);
        }
      }),
      { numRuns: 500 },
    );
  });
});
