import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { ensureServer } from '../../../src/workspace/local/launch.js';
import { serverEntry, TestHome } from '../../support/home.js';
import { askForJson, createRun } from '../../support/mlflow.js';

/** Points of a series; more than are drawn. */
const LONG = 20_000;
const DRAWN = 16_000;
/** Drawings in an answer: 8 MB, more than a connection takes at once. */
const TIMES = 21;

describe('drawings of the server', function () {
  this.timeout(60_000);
  const test = new TestHome();
  after(() => test.close());

  it('does not mix answers that are asked for at once, nor those whose client went away', async () => {
    const server = await ensureServer({ home: test.home, serverEntry });
    const runIds = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => createRun(server, `run ${n}`)));
    for (const [n, run_id] of runIds.entries()) {
      for (let from = 0; from < LONG; from += 1000) {
        const metrics = Array.from({ length: 1000 }, (_, i) => ({
          key: 'loss',
          value: n + Math.sin(from + i) / 10,
          timestamp: from + i,
          step: from + i,
        }));
        await askForJson(server, { at: 'mlflow/runs/log-batch', body: { run_id, metrics } });
      }
    }
    const draw = (runId: string, signal?: AbortSignal) =>
      test.workspace.points(new Array(TIMES).fill({ runId, key: 'loss', from: 0 }), DRAWN, signal);
    const alone = [];
    for (const runId of runIds) alone.push(await draw(runId));
    assert.ok(alone.flat().every(({ reduced }) => reduced));

    for (let round = 0; round < 5; round++) {
      const gone = new AbortController();
      const unheard = Promise.allSettled(runIds.map((runId) => draw(runId, gone.signal)));
      setImmediate(() => gone.abort());
      for (const [n, drawn] of (await Promise.all(runIds.map((runId) => draw(runId)))).entries())
        // Not deepEqual: to show how megabytes differ takes it minutes.
        assert.ok(isDeepStrictEqual(drawn, alone[n]), `answer ${n} of round ${round}`);
      await unheard;
    }
  });
});
