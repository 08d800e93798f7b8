import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FullRun } from '../../../src/server/store/full-runs.js';
import { Store } from '../../../src/server/store/store.js';

/** More than what is sorted without a second thought, so that a search has to choose its way. */
const RUNS = 2600;
const EXPERIMENT_OF_FEW = '1';

/** By hand: rank (has a value, NaN, has none), then value up or down, then newest first, then id. */
type Key = [rank: number, value: number | string];

describe('search among many runs', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-find-'));
  let store: Store;
  let all: FullRun[];

  before(async function () {
    this.timeout(20_000);
    store = Store.open(folder);
    await store.write(() => store.experiments.create({ name: 'few' }));
    await store.write(() => {
      for (let i = 0; i < RUNS; i++) {
        const experimentId = i % 50 === 0 ? EXPERIMENT_OF_FEW : '0';
        // Several runs start in one millisecond.
        const { id } = store.runs.create({ experimentId, startTime: (i * 7919) % 900 });
        if (i % 5 > 0) {
          const value = i % 11 === 0 ? NaN : ((i * 31) % 400) / 8;
          store.metrics.append(id, [{ key: 'acc', value, timestamp: i, step: i }]);
        }
        if (i % 3 > 0) store.runs.logParams(id, { lr: String((i * 13) % 40) });
        if (i % 7 > 1) store.runs.setTags(id, { team: `t${(i * 17) % 90}` });
        if (i % 1300 === 7) store.runs.setLifecycle(id, 'deleted');
      }
    });
    all = search({ limit: 50_000 });
  });
  after(async () => {
    await store.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const query = { experimentIds: ['0', EXPERIMENT_OF_FEW], lifecycle: 'active' as const };
  const search = (more: { limit: number; filter?: string; orderBy?: string[]; experimentIds?: string[] }) => {
    const found: FullRun[] = [];
    let page: string | undefined;
    do {
      const next = store.runs.find({ ...query, ...more, page });
      assert.ok(next.ids.length <= more.limit);
      found.push(...store.runs.many(next.ids));
      page = next.nextPage;
    } while (page !== undefined);
    return found;
  };

  const acc = ({ metrics: { acc } }: FullRun): Key =>
    acc === undefined ? [2, 0] : Number.isNaN(acc.value) ? [1, 0] : [0, acc.value];
  const lr = ({ params: { lr } }: FullRun): Key => (lr === undefined ? [1, ''] : [0, lr]);
  const team = ({ tags: { team } }: FullRun): Key => (team === undefined ? [1, ''] : [0, team]);
  const compare = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0);
  const sorted = (runs: FullRun[], key: (run: FullRun) => Key, descending: boolean) =>
    runs.toSorted((a, b) => {
      const [[rankA, valueA], [rankB, valueB]] = [key(a), key(b)];
      return (
        rankA - rankB ||
        (descending ? -1 : 1) * compare(valueA, valueB) ||
        b.startTime - a.startTime ||
        compare(a.id, b.id)
      );
    });

  const newestFirst = (run: FullRun): Key => [0, -run.startTime];
  const orders: { orderBy?: string[]; key: (run: FullRun) => Key; descending?: boolean }[] = [
    { key: newestFirst },
    { orderBy: ['metrics.acc DESC'], key: acc, descending: true },
    { orderBy: ['metrics.acc'], key: acc },
    { orderBy: ['params.lr DESC'], key: lr, descending: true },
    { orderBy: ['params.lr'], key: lr },
    { orderBy: ['tags.team'], key: team },
    { orderBy: ['tags.team DESC'], key: team, descending: true },
    { orderBy: ['attributes.start_time'], key: (run) => [0, run.startTime] },
    { orderBy: ['metrics.unknown'], key: newestFirst },
  ];
  const filters: { filter?: string; test: (run: FullRun) => boolean }[] = [
    { test: () => true },
    { filter: 'metrics.acc > 10', test: ({ metrics: { acc } }) => acc !== undefined && acc.value > 10 },
    { filter: 'metrics.acc <= 1.5', test: ({ metrics: { acc } }) => acc !== undefined && acc.value <= 1.5 },
    { filter: 'metrics.acc != 5', test: ({ metrics: { acc } }) => acc !== undefined && acc.value !== 5 },
    { filter: "params.lr = '7'", test: ({ params: { lr } }) => lr === '7' },
    { filter: "params.lr LIKE '1%'", test: ({ params: { lr } }) => lr !== undefined && lr.startsWith('1') },
    { filter: 'params.lr IS NULL', test: ({ params: { lr } }) => lr === undefined },
    { filter: "params.lr LIKE '1_'", test: ({ params: { lr } }) => lr?.length === 2 && lr.startsWith('1') },
    { filter: "tags.team = 't7'", test: ({ tags: { team } }) => team === 't7' },
    {
      filter: "tags.team LIKE 't_' AND metrics.acc > 10",
      test: ({ tags: { team }, metrics: { acc } }) =>
        team?.length === 2 && acc !== undefined && acc.value > 10,
    },
    { filter: 'params.lr IS NOT NULL', test: ({ params: { lr } }) => lr !== undefined },
    {
      filter: "params.lr = '7' AND metrics.acc < 30",
      test: ({ params: { lr }, metrics: { acc } }) => lr === '7' && acc !== undefined && acc.value < 30,
    },
  ];

  for (const { orderBy, key, descending = false } of orders)
    for (const { filter, test } of filters)
      it(`finds ${filter ?? 'all'}, ${orderBy?.join() ?? 'newest first'}`, () => {
        const ids = (runs: FullRun[]) => runs.map(({ id }) => id);
        const expected = sorted(all.filter(test), key, descending);
        assert.deepEqual(ids(search({ filter, orderBy, limit: 700 })), ids(expected));
        const few = { filter, orderBy, limit: 13, experimentIds: [EXPERIMENT_OF_FEW] };
        const expectedFew = expected.filter(({ experimentId }) => experimentId === EXPERIMENT_OF_FEW);
        assert.deepEqual(ids(search(few)), ids(expectedFew));
      });

  it('sorts by several keys', () => {
    const found = search({ orderBy: ['params.lr', 'metrics.acc DESC'], limit: 500 });
    const byMetric = sorted(all, acc, true);
    const expected = byMetric.toSorted((a, b) => compare(lr(a)[0], lr(b)[0]) || compare(lr(a)[1], lr(b)[1]));
    assert.deepEqual(
      found.map(({ id }) => id),
      expected.map(({ id }) => id),
    );
  });
});
