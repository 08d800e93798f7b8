import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { runText } from '../../../src/server/mlflow/entities.js';
import { Store } from '../../../src/server/store/store.js';

describe('runs with lists that are JSON already', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-full-runs-'));
  let store: Store;
  let made = 0;

  before(() => (store = Store.open(folder)));
  after(async () => {
    await store.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  const value = fc.oneof(
    fc.double(),
    fc.constantFrom(NaN, Infinity, -Infinity, 0, 1e-320, 0.1 + 0.2, 2 ** 60),
  );
  const logged = fc.record({
    params: fc.dictionary(text, text, { maxKeys: 5 }),
    tags: fc.dictionary(text, text, { maxKeys: 5 }),
    metrics: fc.dictionary(text, fc.record({ value, step: fc.maxSafeInteger(), timestamp: fc.nat(4e12) }), {
      maxKeys: 5,
    }),
  });

  it('say what the objects say, whatever is in names and values', async () => {
    await fc.assert(
      fc.asyncProperty(logged, async ({ params, tags, metrics }) => {
        const id = `run-${made++}`;
        await store.write(() => {
          store.runs.create({ id, experimentId: '0', startTime: 1, tags });
          store.runs.logParams(id, params);
          store.metrics.append(
            id,
            Object.entries(metrics).map(([key, point]) => ({ key, ...point })),
          );
        });
        const [listed] = store.runs.listed([id]);
        const [full] = store.runs.many([id]);
        assert.ok(listed && full);
        const { data } = JSON.parse(runText(listed)) as { data: Record<string, { key: string }[]> };
        const byKey = (name: string) => [...(data[name] ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
        const sorted = (record: object) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
        for (const name of ['params', 'tags'] as const)
          assert.deepEqual(
            byKey(name),
            sorted(full[name]).map(([key, one]) => ({ key, value: one as string })),
          );
        assert.deepEqual(
          byKey('metrics'),
          sorted(metrics).map(([key, { value: number, timestamp, step }]) => {
            // JSON has one zero.
            const shown = Number.isFinite(number) ? number + 0 : String(number);
            return { key, value: shown, timestamp, step };
          }),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('leave out what there is none of', async () => {
    await store.write(() => store.runs.create({ id: 'bare', experimentId: '0', name: 'bare', startTime: 1 }));
    const [listed] = store.runs.listed(['bare']);
    const { data, inputs } = JSON.parse(runText(listed!)) as Record<string, object>;
    assert.deepEqual(data, { tags: [{ key: 'mlflow.runName', value: 'bare' }] });
    assert.deepEqual(inputs, {});
  });
});
