import assert from 'node:assert/strict';
import { type Column, type Forest, generator, growForest } from '../../../../webview/compare/forest.js';
import { importanceOf } from '../../../../webview/compare/importance.js';
import type { Variable } from '../../../../webview/compare/variables.js';

const next = generator(42);
const param = (label: string, values: ArrayLike<number>, words?: string[]): Variable => ({
  id: `param:${label}`,
  label,
  kind: 'param',
  values: Float64Array.from(values),
  ...(words && { words }),
});
const metric = (values: ArrayLike<number>): Variable => ({ ...param('y', values), kind: 'metric' });
const noise = (n: number) => Float64Array.from({ length: n }, next);
const grow = (columns: Column[], target: Float64Array): Forest => {
  for (const forest = growForest(columns, target); ;) {
    const { done, value } = forest.next();
    if (done) return value;
  }
};
const signal = new AbortController().signal;

describe('the importance of params', () => {
  it('finds the one that matters among those that do not', async () => {
    const n = 200;
    const x = noise(n);
    const params = [param('a', noise(n)), param('x', x), param('b', noise(n)), param('c', noise(n))];
    const found = await importanceOf(params, metric(x.map((value) => Math.exp(5 * value))), signal);
    assert.ok(found);
    assert.ok(found.shares[1]! > 0.95, `${found.shares}`);
    assert.ok(found.r2 > 0.9, `${found.r2}`);
  });

  it('finds two that matter only together, which correlate with nothing', async () => {
    const n = 400;
    const [a, b] = [noise(n), noise(n)];
    const y = a.map((value, i) => (value > 0.5 === b[i]! > 0.5 ? 1 : 0) + 0.05 * next());
    const found = await importanceOf(
      [param('a', a), param('u', noise(n)), param('b', b), param('v', noise(n))],
      metric(y),
      signal,
    );
    assert.ok(found!.shares[0]! > 0.35 && found!.shares[2]! > 0.35, `${found?.shares}`);
    assert.ok(found!.r2 > 0.4, `${found?.r2}`);
  });

  it('does not take a param of many values for one that matters', async () => {
    const n = 120;
    const optimizer = Float64Array.from({ length: n }, (_, i) => i % 3);
    const seed = Float64Array.from({ length: n }, (_, i) => i);
    const y = optimizer.map((word) => [0, 2, 1][word]! + 0.5 * next());
    const found = await importanceOf(
      [param('seed', seed), param('optimizer', optimizer, ['adam', 'lion', 'sgd'])],
      metric(y),
      signal,
    );
    assert.ok(found!.shares[1]! > 0.9, `${found?.shares}`);
  });

  it('says when params tell nothing', async () => {
    const found = await importanceOf(
      [param('a', noise(150)), param('b', noise(150))],
      metric(noise(150)),
      signal,
    );
    assert.ok(found!.r2 < 0.1, `${found?.r2}`);
  });

  it('takes a missing value for a value: a param that only some runs have may decide', async () => {
    const n = 100;
    const momentum = Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? NaN : 0.9));
    const y = momentum.map((value) => (Number.isNaN(value) ? 0 : 1) + 0.1 * next());
    const found = await importanceOf([param('momentum', momentum), param('a', noise(n))], metric(y), signal);
    assert.ok(found!.shares[0]! > 0.95, `${found?.shares}`);
  });

  it('leaves out runs without the metric, and wants ten', async () => {
    const y = Float64Array.from({ length: 20 }, (_, i) => (i < 9 ? i : NaN));
    assert.equal(await importanceOf([param('a', noise(20))], metric(y), signal), undefined);
  });

  it('is the same each time', () => {
    const bins = Uint8Array.from({ length: 64 }, (_, i) => i % 16);
    const target = Float64Array.from(bins, (bin) => bin % 5);
    const columns: Column[] = [{ bins, count: 16, isOrdered: true }];
    assert.deepEqual(grow(columns, target), grow(columns, target));
  });

  it('of 1,000 runs and 20 params is there at once', async function () {
    this.timeout(10_000);
    const n = 1000;
    const params = Array.from({ length: 20 }, (_, i) => param(`p${i}`, noise(n)));
    const y = params[3]!.values.map((value, i) => value * params[7]!.values[i]! + 0.2 * next());
    const start = performance.now();
    const found = await importanceOf(params, metric(y), signal);
    const ms = performance.now() - start;
    if (process.env['TRAINYARD_TIMES']) console.log(`      ${ms.toFixed(0)} ms`);
    assert.ok(found!.shares[3]! + found!.shares[7]! > 0.8, `${found?.shares}`);
  });
});
