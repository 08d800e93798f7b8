import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { TrainyardError } from '../../../src/base/errors.js';
import { compileRunFilter } from '../../../src/server/store/search/runs.js';
import { Store } from '../../../src/server/store/store.js';

describe('search of runs', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-search-'));
  let store: Store;

  before(async () => {
    store = Store.open(folder);
    await store.write(() => {
      for (const [i, value] of [0.5, 0.9, NaN, 0.7].entries()) {
        const { id } = store.runs.create({
          experimentId: '0',
          name: `run-${i}`,
          startTime: i,
          tags: { team: `T${i % 2}` },
        });
        store.metrics.append(id, [{ key: 'val/acc', value, timestamp: 1, step: 1 }]);
        store.runs.logParams(id, { lr: String(i), "o'brien": 'x' });
      }
      store.runs.create({ experimentId: '0', name: 'bare', startTime: 10 });
    });
  });
  after(async () => {
    await store.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const named = (ids: string[]) => store.runs.many(ids).map(({ name }) => name);
  const names = (filter?: string, orderBy?: string[]) =>
    named(store.runs.find({ experimentIds: ['0'], filter, orderBy, lifecycle: 'active', limit: 100 }).ids);

  it('gives the newest first', () => assert.deepEqual(names(), ['bare', 'run-3', 'run-2', 'run-1', 'run-0']));

  const cases: [string, string[]][] = [
    ['metrics.`val/acc` > 0.6', ['run-3', 'run-1']],
    ['metrics."val/acc" != 0.7', ['run-2', 'run-1', 'run-0']],
    ["params.lr = '2'", ['run-2']],
    ["params.`o'brien` = 'x' and tags.team LIKE 'T1'", ['run-3', 'run-1']],
    ["tags.team like 't%'", []],
    ["tags.team ILIKE 't%' AND attributes.start_time <= 1", ['run-1', 'run-0']],
    ['params.lr IS NULL', ['bare']],
    ["status = 'RUNNING' and run_name = 'bare'", ['bare']],
    ["AND params.'lr' = '2' AND and status = 'RUNNING' AND", ['run-2']],
    ["run_name = 'ba''re'", []],
    ["run_name = 'ba\\'re'", []],
    ["run_name = 'bare' AND run_name != '\\'", ['bare']],
  ];
  for (const [filter, expected] of cases) it(filter, () => assert.deepEqual(names(filter), expected));

  it('puts NaN after the numbers and what is missing last, in both directions', () => {
    assert.deepEqual(names(undefined, ['metrics.`val/acc` ASC']), [
      'run-0',
      'run-3',
      'run-1',
      'run-2',
      'bare',
    ]);
    assert.deepEqual(names(undefined, ['metrics.`val/acc` DESC']), [
      'run-1',
      'run-3',
      'run-0',
      'run-2',
      'bare',
    ]);
  });

  it('pages without a gap or a repeat while runs arrive', async () => {
    const query = {
      experimentIds: ['0'],
      orderBy: ['metrics.`val/acc` DESC'],
      lifecycle: 'active' as const,
      limit: 2,
    };
    const first = store.runs.find(query);
    const late = await store.write(() =>
      store.runs.create({ experimentId: '0', name: 'late', startTime: 99 }),
    );
    const seen = [...first.ids];
    for (let page = first.nextPage; page;) {
      const next = store.runs.find({ ...query, page });
      seen.push(...next.ids);
      page = next.nextPage;
    }
    await store.write(() => store.runs.setLifecycle(late.id, 'deleted'));
    assert.deepEqual(
      named(seen).filter((name) => name !== 'late'),
      ['run-1', 'run-3', 'run-0', 'run-2', 'bare'],
    );
    assert.throws(() => store.runs.find({ ...query, page: 'nonsense' }), {
      code: 'BAD_REQUEST',
      message: /page token/,
    });
  });

  for (const bad of [
    'metrics.a = 1 OR metrics.b = 2',
    'foo.a = 1',
    "metrics.a = 'x'",
    'params.a = 1',
    '(a=1)',
    'x',
    "run_name IN ('a')",
  ])
    it(`refuses ${bad}`, () => assert.throws(() => names(bad), { code: 'BAD_REQUEST' }));

  it('refuses soon what is as long as it is wrong', () => {
    const started = performance.now();
    for (const piece of ['1', '1.', "'", '(', 'a.', '`'])
      assert.throws(() => names(`${piece.repeat(50_001)}x`), { code: 'BAD_REQUEST' }, piece);
    assert.throws(() => names(`run_name = '${'x'.repeat(1_000_000)}'`), /1000000 characters at most/);
    assert.ok(performance.now() - started < 4_000);
  });

  it('takes as many conditions as it says, and refuses more', () => {
    const filter = (n: number) => Array.from({ length: n }, (_, i) => `metrics.m${i} > 1`).join(' AND ');
    assert.deepEqual(names(filter(500)), []);
    assert.throws(() => names(filter(501)), { code: 'BAD_REQUEST', message: /more than 500 conditions/ });
  });

  it('never puts what a person wrote into SQL, and fails only with a sentence', () => {
    const piece = fc.constantFrom(
      'metrics',
      'params',
      '.',
      'a',
      '=',
      '!=',
      'LIKE',
      "'",
      '"',
      '`',
      ';',
      '--',
      '(',
      ')',
      '1',
      ' ',
      'AND',
      "'; DROP TABLE runs; --'",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          for (const { sql, matches } of compileRunFilter(pieces.join('')))
            assert.ok(!`${sql} ${matches?.sql}`.includes('DROP'));
        } catch (error) {
          assert.ok(TrainyardError.is(error, 'BAD_REQUEST'), String(error));
        }
      }),
    );
  });
});
