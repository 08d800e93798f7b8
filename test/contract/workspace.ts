import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, TrainyardError } from '../../src/base/errors.js';
import type { Points, Run, RunQuery, WorkspaceEvent } from '../../src/workspace/types.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { holds, until } from '../support/until.js';

/** A point as a script logs it; times in ms since the epoch. */
export interface SeedPoint {
  key: string;
  value: number;
  step: number;
  timestamp: number;
}

/** Puts data into the store behind a workspace, past the workspace itself: what scripts and other people do. */
export interface Seed {
  /** @returns its id */
  experiment(name: string): Promise<string>;
  /** Begins one, which is active until it is finished. @returns its id */
  run(
    experimentId: string,
    options: { name: string; startTime?: number; tags?: Record<string, string> },
  ): Promise<string>;
  log(runId: string, data: { params?: Record<string, string>; points?: readonly SeedPoint[] }): Promise<void>;
  finish(runId: string, status?: 'FINISHED' | 'FAILED' | 'KILLED'): Promise<void>;
  file(runId: string, path: string, bytes: Uint8Array): Promise<void>;
  /** A logged model of a run, as MLflow 3 has them. @returns its id */
  loggedModel(experimentId: string, runId: string, name: string): Promise<string>;
  alias(name: string, version: string, alias: string): Promise<void>;
}

export interface Subject {
  workspace: Workspace;
  seed: Seed;
  close(): Promise<void>;
}

export interface ContractOptions {
  /** Starts a store that holds nothing yet, and opens it. */
  open: () => Promise<Subject>;
  /** ms after which a change was told of, at the latest; leave room. Default: 30 s. */
  toldWithin?: number;
  /** ms after which a new listener hears of changes, at the latest. Default: 3 s. */
  listensAfter?: number;
  /** It has no logged models. */
  withoutLoggedModels?: true;
  /** Series of so many points are kept whole, at least. Default: any. */
  wholeUpTo?: number;
  /** Facets that the kind does not have. */
  lacks?: readonly ('environments' | 'data' | 'datastores')[];
}

/**
 * What every kind of workspace does, whatever is behind it; facets that a kind lacks are passed over. Registers the tests
 * of one kind with Mocha: `workspaceContract('local', { open })`.
 */
export function workspaceContract(
  kind: string,
  {
    open,
    toldWithin = 30_000,
    listensAfter = 3_000,
    withoutLoggedModels,
    wholeUpTo = Infinity,
    lacks = [],
  }: ContractOptions,
): void {
  describe(`a workspace of the kind ${kind}`, function () {
    let subject: Subject;
    let workspace: Workspace;
    let seed: Seed;
    let count = 0;
    const unique = (name: string) => `${name} ${++count}`;

    before(async function () {
      this.timeout(300_000);
      subject = await open();
      ({ workspace, seed } = subject);
    });
    after(async () => subject?.close());

    /** A new experiment with finished runs, one a second. @returns ids, oldest first */
    async function someRuns(names: readonly string[], finish = true) {
      const experiment = await seed.experiment(unique('Runs'));
      const ids: string[] = [];
      for (const [i, name] of names.entries()) {
        const id = await seed.run(experiment, { name, startTime: 1_700_000_000_000 + i * 1_000 });
        if (finish) await seed.finish(id);
        ids.push(id);
      }
      return { experiment, ids };
    }

    async function all(query: RunQuery): Promise<Run[]> {
      const runs: Run[] = [];
      for (let page: string | undefined, isLast = false; !isLast; isLast = page === undefined) {
        const found = await workspace.runs({ ...query, ...(page !== undefined && { page }) });
        runs.push(...found.runs);
        page = found.nextPage;
      }
      return runs;
    }

    const names = (runs: readonly Run[]) => runs.map(({ name }) => name);

    /** Registers its tests, unless the kind lacks it. */
    function describeFacet(facet: (typeof lacks)[number], tests: () => void): void {
      if (!lacks.includes(facet)) describe(facet, tests);
    }

    describe('as a whole', () => {
      it('has a name, an id and a kind', () => {
        assert.match(workspace.id, /^[A-Za-z0-9._-]+$/);
        assert.notEqual(workspace.label, '');
        assert.notEqual(workspace.kind, '');
      });

      it('answers many calls at once, each with its own', async () => {
        const { experiment, ids } = await someRuns(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
        const [found, experiments] = await Promise.all([
          Promise.all([...ids, ...ids].map((id) => workspace.run(id))),
          workspace.experiments(),
        ]);
        assert.deepEqual(
          found.map(({ id }) => id),
          [...ids, ...ids],
        );
        assert.ok(experiments.some(({ id }) => id === experiment));
      });

      it('gives up what its signal ends', async () => {
        const { ids } = await someRuns(['a']);
        const ended = AbortSignal.abort(new Error('given up'));
        const late = new AbortController();
        const calls = [
          workspace.experiments(ended),
          workspace.runs({}, ended),
          workspace.run(ids[0]!, ended),
          workspace.points([{ runId: ids[0]!, key: 'loss', from: 0 }], 10, ended),
          workspace.files(ids[0]!, '', ended),
          workspace.readFile(ids[0]!, 'x', ended),
          workspace.runs({}, late.signal),
        ];
        late.abort();
        for (const [i, call] of calls.entries())
          await assert.rejects(call, (error) => !TrainyardError.is(error), `call ${i}`);
        assert.equal((await workspace.run(ids[0]!)).id, ids[0]);
      });
    });

    describe('experiments', () => {
      it('are there with their names, in any script', async () => {
        const name = unique('Übung 実験 🚂');
        const id = await seed.experiment(name);
        const found = (await workspace.experiments()).find((experiment) => experiment.id === id);
        assert.equal(found?.name, name);
        assert.equal(found.lifecycle, 'active');
        assert.ok(Math.abs(found.createdAt - Date.now()) < 600_000);
      });
    });

    describe('runs', () => {
      it('come newest first, page by page, each once', async () => {
        const { experiment, ids } = await someRuns(['1', '2', '3', '4', '5', '6', '7']);
        const first = await workspace.runs({ experimentIds: [experiment], limit: 3 });
        assert.deepEqual(names(first.runs), ['7', '6', '5']);
        assert.ok(first.nextPage !== undefined);
        const runs = await all({ experimentIds: [experiment], limit: 3 });
        assert.deepEqual(
          runs.map(({ id }) => id),
          [...ids].reverse(),
        );
      });

      it('keep their pages when another begins meanwhile', async () => {
        const { experiment } = await someRuns(['1', '2', '3', '4']);
        const first = await workspace.runs({ experimentIds: [experiment], limit: 2 });
        await seed.run(experiment, { name: 'new' });
        const second = await workspace.runs({
          experimentIds: [experiment],
          limit: 2,
          page: first.nextPage,
        });
        assert.deepEqual(names([...first.runs, ...second.runs]), ['4', '3', '2', '1']);
      });

      it('refuse a page that never was', async () => {
        await rejects(workspace.runs({ page: 'no such page' }), 'BAD_REQUEST');
      });

      it('are those of the experiments that are asked for, or of all', async () => {
        const one = await someRuns(['one']);
        const other = await someRuns(['other']);
        const both = await all({ experimentIds: [one.experiment, other.experiment] });
        assert.deepEqual(new Set(names(both)), new Set(['one', 'other']));
        assert.deepEqual(names(await all({ experimentIds: [one.experiment] })), ['one']);
        assert.deepEqual(await all({ experimentIds: [] }), []);
        const found = new Set((await all({})).map(({ id }) => id));
        assert.ok(found.has(one.ids[0]!) && found.has(other.ids[0]!));
      });

      it('tell what was logged, in any script', async () => {
        const experiment = await seed.experiment(unique('Logged'));
        const id = await seed.run(experiment, {
          name: 'größte Übung 🚂',
          startTime: 1_700_000_000_123,
          tags: { stage: 'prüfen', 'mlflow.user': 'eva', 'mlflow.source.git.commit': 'c'.repeat(40) },
        });
        await seed.log(id, {
          params: { lr: '0.01', 'größe des modells': 'groß "x"' },
          points: [
            { key: 'loss', value: 2, step: 0, timestamp: 1_000 },
            { key: 'loss', value: 0.25, step: 1, timestamp: 2_000 },
            { key: 'val/acc', value: NaN, step: 0, timestamp: 1_000 },
          ],
        });
        for (const run of [await workspace.run(id), (await all({ experimentIds: [experiment] }))[0]!]) {
          assert.equal(run.id, id);
          assert.equal(run.workspace, workspace.id);
          assert.equal(run.experimentId, experiment);
          assert.equal(run.name, 'größte Übung 🚂');
          assert.equal(run.state, 'running');
          assert.equal(run.lifecycle, 'active');
          assert.equal(run.startTime, 1_700_000_000_123);
          assert.equal(run.endTime, undefined);
          assert.equal(run.user, 'eva');
          assert.deepEqual(run.params, { lr: '0.01', 'größe des modells': 'groß "x"' });
          assert.equal(run.tags['stage'], 'prüfen');
          assert.equal(run.metrics['loss']?.value, 0.25);
          assert.equal(run.metrics['loss'].step, 1);
          assert.equal(run.metrics['loss'].timestamp, 2_000);
          assert.ok(Number.isNaN(run.metrics['val/acc']?.value));
          assert.equal(run.code?.head, 'c'.repeat(40));
        }
        const found = await all({ experimentIds: [experiment], commit: 'c'.repeat(40) });
        assert.deepEqual(
          found.map((run) => run.id),
          [id],
        );
        assert.deepEqual(await all({ experimentIds: [experiment], commit: 'd'.repeat(40) }), []);
      });

      it('tell how they ended', async () => {
        const { ids } = await someRuns(['finished', 'failed', 'killed'], false);
        await seed.finish(ids[0]!);
        await seed.finish(ids[1]!, 'FAILED');
        await seed.finish(ids[2]!, 'KILLED');
        const runs = await Promise.all(ids.map((id) => workspace.run(id)));
        assert.deepEqual(
          runs.map(({ state }) => state),
          ['finished', 'failed', 'cancelled'],
        );
        for (const { endTime } of runs) assert.ok(Math.abs((endTime ?? 0) - Date.now()) < 600_000);
      });

      it('are numbered upwards from the oldest, the same each time', async () => {
        const { experiment, ids } = await someRuns(['1', '2', '3']);
        const runs = await all({ experimentIds: [experiment] });
        const numbers = runs.map(({ number }) => number);
        assert.deepEqual(
          numbers,
          [...numbers].sort((a, b) => b - a),
        );
        assert.equal(new Set(numbers).size, 3);
        assert.equal((await workspace.run(ids[0]!)).number, numbers.at(-1));
      });

      it('know the run that they are part of', async () => {
        const experiment = await seed.experiment(unique('Parents'));
        const parent = await seed.run(experiment, { name: 'parent' });
        const child = await seed.run(experiment, {
          name: 'child',
          tags: { 'mlflow.parentRunId': parent },
        });
        assert.equal((await workspace.run(child)).parentRunId, parent);
        assert.equal((await workspace.run(parent)).parentRunId, undefined);
      });

      it('are ordered as one asks', async () => {
        const { experiment, ids } = await someRuns(['b', 'c', 'a']);
        for (const [i, id] of ids.entries())
          await seed.log(id, { points: [{ key: 'acc', value: [0.2, 0.3, 0.1][i]!, step: 0, timestamp: 1 }] });
        const query = { experimentIds: [experiment], limit: 2 };
        assert.deepEqual(names(await all({ ...query, orderBy: ['metrics.acc DESC'] })), ['c', 'b', 'a']);
        assert.deepEqual(names(await all({ ...query, orderBy: ['attributes.start_time ASC'] })), [
          'b',
          'c',
          'a',
        ]);
        await rejects(
          workspace.runs({ ...query, orderBy: ['metrics.acc DESC', 'metrics.acc ASC'] }),
          'BAD_REQUEST',
        );
      });

      it('are not found by an unknown id', async () => {
        const unknown = 'f'.repeat(32);
        await rejects(workspace.run(unknown), 'NOT_FOUND');
        await rejects(workspace.files(unknown, ''), 'NOT_FOUND');
        await rejects(workspace.readFile(unknown, 'x.txt'), 'NOT_FOUND');
      });
    });

    describe('filters', () => {
      const FILTERS: [filter: string, found: string][] = [
        ['metrics.acc > 0.5', 'b c'],
        ['metrics.acc >= 0.5 AND params.model = mlp', 'b'],
        ['metrics.acc BETWEEN 0.4 AND 0.6', 'b'],
        ['params.model != mlp', 'c'],
        ['params.model NOT IN (mlp)', 'c'],
        ["params.model LIKE 'm%'", 'a b'],
        ['params.model CONTAINS NN', 'c'],
        ['params.`größe des modells` = 1', 'b'],
        ["tags.note = 'it''s'", 'c'],
        ['tags.note IS NOT NULL', 'c'],
        ['state = failed', 'c'],
        ['state IN (running, failed)', 'a c'],
        ['state = running OR state = failed', 'a c'],
        ['NOT state = finished', 'a c'],
        ['name = b', 'b'],
        ['name != b', 'a c'],
        ['NOT name CONTAINS b AND state = failed', 'c'],
        ['start_time >= 1700000001000', 'b c'],
        ['script CONTAINS train', 'a'],
        ['user = eva', 'b'],
        ['', 'a b c'],
      ];
      let experiment: string;

      before(async () => {
        const run = (name: string, second: number, tags: Record<string, string> = {}) =>
          seed.run(experiment, { name, startTime: 1_700_000_000_000 + second * 1_000, tags });
        experiment = await seed.experiment(unique('Filters'));
        const a = await run('a', 0, { 'mlflow.source.name': 'train.py' });
        const b = await run('b', 1, { 'mlflow.user': 'eva' });
        const c = await run('c', 2, { note: "it's" });
        const acc = (value: number) => [{ key: 'acc', value, step: 0, timestamp: 1 }];
        await seed.log(a, { params: { model: 'mlp' }, points: acc(0.3) });
        await seed.log(b, { params: { model: 'mlp', 'größe des modells': '1' }, points: acc(0.5001) });
        await seed.log(c, { params: { model: 'cnn' }, points: acc(0.9) });
        await seed.finish(b);
        await seed.finish(c, 'FAILED');
      });

      for (const [filter, found] of FILTERS)
        it(`find what “${filter}” says, or refuse it`, async () => {
          let runs: Run[];
          try {
            runs = await all({ experimentIds: [experiment], filter });
          } catch (error) {
            // A kind may know less than our grammar, and says so in words; but it never answers something else.
            if (!TrainyardError.is(error, 'BAD_REQUEST') || workspace.kind === 'local') throw error;
            assert.match(error.message, /MLflow server cannot/);
            return;
          }
          assert.deepEqual(names(runs).sort(), found.split(' '));
        });

      it('say where they are wrong', async () => {
        await rejects(workspace.runs({ filter: 'metrics.acc >' }), 'BAD_REQUEST', /at character 14/);
        await rejects(workspace.runs({ filter: 'metrics.acc > much' }), 'BAD_REQUEST', /much/);
      });
    });

    describe('points', () => {
      const series = (length: number, value: (i: number) => number): SeedPoint[] =>
        Array.from({ length }, (_, i) => ({
          key: 'loss',
          value: value(i),
          step: i * 10,
          timestamp: 1_000_000 + i,
        }));
      const ask = async (runId: string, from = 0, most = 10_000, more: object = {}) =>
        (await workspace.points([{ runId, key: 'loss', from, ...more }], most))[0]!;

      it('come with their steps, times and values, NaN and the infinities included', async () => {
        const { ids } = await someRuns(['a']);
        const values = [1.5, NaN, -2e-300, Infinity, -Infinity, 0];
        await seed.log(ids[0]!, { points: series(6, (i) => values[i]!) });
        const points = await ask(ids[0]!);
        assert.equal(points.total, 6);
        assert.equal(points.reduced, false);
        assert.deepEqual([...points.steps], [0, 10, 20, 30, 40, 50]);
        assert.deepEqual(
          [...points.times],
          [0, 1, 2, 3, 4, 5].map((i) => 1_000_000 + i),
        );
        assert.deepEqual([...points.values], values);
      });

      it('go on from where one was', async () => {
        const { ids } = await someRuns(['a'], false);
        await seed.log(ids[0]!, { points: series(4, (i) => i) });
        const { total } = await ask(ids[0]!);
        assert.equal(total, 4);
        await seed.log(ids[0]!, { points: series(7, (i) => i).slice(4) });
        const more = await ask(ids[0]!, total);
        assert.equal(more.total, 7);
        assert.deepEqual([...more.values], [4, 5, 6]);
        const none = await ask(ids[0]!, more.total);
        assert.deepEqual([none.total, none.values.length], [7, 0]);
      });

      it('are thinned to what shows the curve: its ends, its spikes, its dips', async () => {
        const { ids } = await someRuns(['a']);
        const value = (i: number) => (i === 777 ? 1_000 : i === 1_234 ? -1_000 : Math.sin(i / 50));
        await seed.log(ids[0]!, { points: series(2_000, value) });
        const points = await ask(ids[0]!, 0, 100);
        assert.equal(points.reduced, true);
        assert.ok(points.values.length <= 120 && points.values.length >= 20, String(points.values.length));
        assert.equal(Math.max(...points.values), 1_000);
        assert.equal(Math.min(...points.values), -1_000);
        assert.equal(points.steps[0], 0);
        assert.equal(points.steps.at(-1), 19_990);
        for (const [i, step] of points.steps.entries()) assert.equal(points.values[i], value(step / 10));
      });

      it('are those of a stretch of steps', async () => {
        const { ids } = await someRuns(['a']);
        await seed.log(ids[0]!, { points: series(100, (i) => i) });
        const points = await ask(ids[0]!, 0, 1_000, { fromStep: 200, toStep: 250 });
        assert.deepEqual([...points.values], [20, 21, 22, 23, 24, 25]);
        assert.equal(points.total, 100);
      });

      it('of long series keep their ends and their order', async function () {
        this.timeout(240_000);
        const { ids } = await someRuns(['long', 'short'], false);
        await seed.log(ids[0]!, { points: series(6_000, (i) => i) });
        await seed.log(ids[1]!, { points: series(50, (i) => i) });
        const requests = ids.map((runId) => ({ runId, key: 'loss', from: 0 }));
        const [long, short] = (await workspace.points(requests, 10_000)) as [Points, Points];
        // The short one does not suffer from the long one beside it.
        assert.deepEqual(
          [...short.values],
          series(50, (i) => i).map(({ value }) => value),
        );
        assert.deepEqual([long.steps[0], long.steps.at(-1)], [0, 59_990]);
        assert.deepEqual(
          [...long.steps],
          [...long.steps].sort((a, b) => a - b),
        );
        if (wholeUpTo >= 6_000) assert.equal(long.values.length, 6_000);
        else assert.ok(long.reduced && long.values.length >= 2_000);
        await seed.log(ids[0]!, { points: series(6_003, (i) => i).slice(6_000) });
        const more = await ask(ids[0]!, long.total);
        assert.deepEqual([...more.values], [6_000, 6_001, 6_002]);
        assert.equal(more.total, long.total + 3);
        const detail = await ask(ids[0]!, 0, 10_000, { fromStep: 30_000, toStep: 30_090 });
        assert.deepEqual(
          [...detail.values],
          [3_000, 3_001, 3_002, 3_003, 3_004, 3_005, 3_006, 3_007, 3_008, 3_009],
        );
      });

      it('are none where nothing was logged, in the order of the requests', async () => {
        const { ids } = await someRuns(['a', 'b']);
        await seed.log(ids[1]!, { points: series(2, (i) => i) });
        const found = await workspace.points(
          [
            { runId: ids[0]!, key: 'loss', from: 0 },
            { runId: ids[1]!, key: 'loss', from: 0 },
            { runId: ids[1]!, key: 'no such', from: 0 },
          ],
          100,
        );
        assert.deepEqual(
          found.map(({ runId, key, total, values }) => [runId, key, total, values.length]),
          [
            [ids[0], 'loss', 0, 0],
            [ids[1], 'loss', 2, 2],
            [ids[1], 'no such', 0, 0],
          ],
        );
      });

      it('take keys with slashes and blanks', async () => {
        const { ids } = await someRuns(['a']);
        const key = 'val/größter Fehler 1';
        await seed.log(ids[0]!, { points: [{ key, value: 3, step: 0, timestamp: 1 }] });
        const [points] = await workspace.points([{ runId: ids[0]!, key, from: 0 }], 10);
        assert.deepEqual([...points!.values], [3]);
      });
    });

    describe('files', () => {
      it('are listed folder by folder, and read byte by byte', async () => {
        const { ids } = await someRuns(['a']);
        const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256);
        await seed.file(ids[0]!, 'notes.txt', Buffer.from('größe'));
        await seed.file(ids[0]!, 'model/deep/weights.bin', bytes);
        await seed.file(ids[0]!, 'model/ein Bild 1.png', Buffer.from([0, 255]));
        const list = async (folder: string) =>
          (await workspace.files(ids[0]!, folder))
            .map(({ path, isFolder, bytes }) => [path, isFolder, bytes])
            .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
        assert.deepEqual(await list(''), [
          ['model', true, undefined],
          ['notes.txt', false, 7],
        ]);
        assert.deepEqual(await list('model'), [
          ['model/deep', true, undefined],
          ['model/ein Bild 1.png', false, 2],
        ]);
        assert.deepEqual(await list('model/deep'), [['model/deep/weights.bin', false, 100_000]]);
        assert.deepEqual(await list('no such'), []);
        assert.equal(Buffer.from(await workspace.readFile(ids[0]!, 'notes.txt')).toString(), 'größe');
        assert.deepEqual([...(await workspace.readFile(ids[0]!, 'model/ein Bild 1.png'))], [0, 255]);
        const read = await workspace.readFile(ids[0]!, 'model/deep/weights.bin');
        assert.ok(Buffer.from(bytes).equals(read));
        const start = await workspace.readFile(ids[0]!, 'model/deep/weights.bin', undefined, 10);
        assert.deepEqual([...start], [...bytes.subarray(0, 10)]);
      });

      it('that are not there are not found', async () => {
        const { ids } = await someRuns(['a']);
        await rejects(workspace.readFile(ids[0]!, 'no/such.txt'), 'NOT_FOUND');
      });
    });

    describe('events', () => {
      const listen = () => {
        const events: WorkspaceEvent[] = [];
        const { dispose } = workspace.onEvent((event) => events.push(event));
        return { events, dispose };
      };
      const isOf = (runId: string, part: string) => (event: WorkspaceEvent) =>
        event.type === 'run' && event.runId === runId && (event.parts as string[]).includes(part);

      it('tell of a run that begins, logs and ends', async function () {
        this.timeout(4 * toldWithin + 60_000);
        const experiment = await seed.experiment(unique('Events'));
        const { events, dispose } = listen();
        try {
          // Nobody knows when a listener has its connection, or its first look.
          await sleep(listensAfter);
          const id = await seed.run(experiment, { name: 'told' });
          const told = (part: string) =>
            until(`an event of ${part}`, () => events.some(isOf(id, part)), toldWithin);
          await told('state');
          events.length = 0;
          await seed.log(id, { points: [{ key: 'loss', value: 1, step: 0, timestamp: 1 }] });
          await told('metrics');
          events.length = 0;
          await seed.finish(id);
          await told('state');
          assert.ok(
            events.every(
              (event) => event.type !== 'run' || event.runId !== id || event.experimentId === experiment,
            ),
          );
        } finally {
          dispose();
        }
      });

      it('tell of a new experiment', async function () {
        this.timeout(toldWithin + 60_000);
        const { events, dispose } = listen();
        try {
          await sleep(listensAfter);
          await seed.experiment(unique('Told'));
          await until(
            'the event',
            () => events.some(({ type }) => type === 'experiments' || type === 'reset'),
            toldWithin,
          );
        } finally {
          dispose();
        }
      });

      it('go to every listener until it is disposed', async function () {
        this.timeout(toldWithin + 60_000);
        if (!workspace.edit) this.skip();
        const { ids } = await someRuns(['a']);
        const [one, other] = [listen(), listen()];
        try {
          await sleep(listensAfter);
          one.dispose();
          one.dispose();
          await workspace.edit!.tag(ids[0]!, { told: 'yes' });
          await until('the event', () => other.events.some(isOf(ids[0]!, 'tags')), toldWithin);
          assert.deepEqual(one.events.filter(isOf(ids[0]!, 'tags')), []);
        } finally {
          other.dispose();
        }
      });
    });

    describe('edit', () => {
      before(function () {
        if (!workspace.edit) this.skip();
      });

      it('renames a run', async () => {
        const { experiment, ids } = await someRuns(['old']);
        await workspace.edit!.rename(ids[0]!, 'neuer Name 🚂');
        assert.equal((await workspace.run(ids[0]!)).name, 'neuer Name 🚂');
        assert.deepEqual(names(await all({ experimentIds: [experiment] })), ['neuer Name 🚂']);
      });

      it('sets, changes and removes tags', async () => {
        const { ids } = await someRuns(['a']);
        await workspace.edit!.tag(ids[0]!, { stage: 'eins', 'mlflow.note.content': '# Notiz\nzwei' });
        await workspace.edit!.tag(ids[0]!, { stage: 'zwei', none: null, empty: '' });
        let { tags } = await workspace.run(ids[0]!);
        assert.equal(tags['stage'], 'zwei');
        assert.equal(tags['empty'], '');
        assert.ok(!('none' in tags));
        assert.equal(tags['mlflow.note.content'], '# Notiz\nzwei');
        await workspace.edit!.tag(ids[0]!, { stage: null });
        ({ tags } = await workspace.run(ids[0]!));
        assert.ok(!('stage' in tags));
        assert.equal(tags['mlflow.note.content'], '# Notiz\nzwei');
      });

      it('deletes runs and brings them back', async () => {
        const { experiment, ids } = await someRuns(['a', 'b', 'c']);
        await workspace.edit!.delete([ids[0]!, ids[2]!]);
        const of = async (lifecycle: 'active' | 'deleted' | 'all') =>
          names(await all({ experimentIds: [experiment], lifecycle })).sort();
        assert.deepEqual(await of('active'), ['b']);
        assert.deepEqual(await of('deleted'), ['a', 'c']);
        assert.deepEqual(await of('all'), ['a', 'b', 'c']);
        assert.equal((await workspace.run(ids[0]!)).lifecycle, 'deleted');
        await workspace.edit!.undelete([ids[0]!]);
        assert.deepEqual(await of('active'), ['a', 'b']);
        // Twice is as good as once.
        await workspace.edit!.undelete([ids[0]!]);
        await workspace.edit!.delete([ids[2]!]);
        assert.deepEqual(await of('active'), ['a', 'b']);
      });

      it('ends a run that nobody ended', async () => {
        const { ids } = await someRuns(['a'], false);
        const timestamp = 1_700_000_060_000;
        await seed.log(ids[0]!, { points: [{ key: 'loss', value: 1, step: 0, timestamp }] });
        await workspace.edit!.end(ids[0]!);
        const { state, endTime } = await workspace.run(ids[0]!);
        assert.equal(state, 'failed');
        // When it was last heard of.
        assert.equal(endTime, timestamp);
      });

      it('deletes an experiment with its runs, and brings both back', async () => {
        const { experiment } = await someRuns(['a', 'b']);
        const isThere = async (lifecycle?: 'deleted') =>
          (await workspace.experiments(undefined, lifecycle)).some(({ id }) => id === experiment);
        await workspace.edit!.deleteExperiment(experiment);
        assert.deepEqual([await isThere(), await isThere('deleted')], [false, true]);
        assert.deepEqual(await all({ experimentIds: [experiment] }), []);
        assert.deepEqual(names(await all({ experimentIds: [experiment], lifecycle: 'deleted' })), ['b', 'a']);
        await workspace.edit!.restoreExperiment(experiment);
        assert.deepEqual([await isThere(), await isThere('deleted')], [true, false]);
        assert.deepEqual(names(await all({ experimentIds: [experiment] })), ['b', 'a']);
      });

      it('finds nothing by an unknown id', async () => {
        const unknown = 'f'.repeat(32);
        await rejects(workspace.edit!.rename(unknown, 'x'), 'NOT_FOUND');
        await rejects(workspace.edit!.tag(unknown, { a: '1' }), 'NOT_FOUND');
        await rejects(workspace.edit!.tag(unknown, { a: null }), 'NOT_FOUND');
        await rejects(workspace.edit!.end(unknown), 'NOT_FOUND');
        await rejects(workspace.edit!.delete([unknown]), 'NOT_FOUND');
        await rejects(workspace.edit!.deleteExperiment('987654321'), 'NOT_FOUND');
      });
    });

    it('has the facets that it is said to have', () => {
      for (const facet of ['environments', 'data', 'datastores'] as const)
        assert.equal(workspace[facet] === undefined, lacks.includes(facet), facet);
    });

    describeFacet('environments', () => {
      it('keeps versions, numbered, and finds the newest', async () => {
        const environments = workspace.environments!;
        const name = unique('training').replace(' ', '-');
        const first = await environments.create({ name, definition: { pip: 'numpy==2.0.0' } });
        const second = await environments.create({
          name,
          definition: { pip: 'numpy==2.1.0' },
          tags: { a: 'b' },
        });
        assert.deepEqual([first.version, second.version], ['1', '2']);
        assert.notEqual(first.digest, second.digest);
        assert.deepEqual(await environments.get(name, 'latest'), second);
        assert.deepEqual((await environments.get(name, '1')).definition, { pip: 'numpy==2.0.0' });
        const listed = (await environments.list({ name })).map(({ version }) => version);
        assert.deepEqual(listed, ['2', '1']);
        assert.ok((await environments.list()).some((each) => each.name === name));
      });

      it('never changes a version', async () => {
        const environments = workspace.environments!;
        const name = unique('fixed').replace(' ', '-');
        const same = { name, version: '7', definition: { pip: 'numpy==2.0.0' } };
        const made = await environments.create(same);
        assert.deepEqual(await environments.create(same), made);
        const other = { ...same, definition: { pip: 'numpy' } };
        await rejects(environments.create(other), 'CONFLICT');
        await rejects(environments.get(name, '8'), 'NOT_FOUND');
        await rejects(environments.create({ name, definition: {} }), 'BAD_REQUEST');
      });

      it('names those without a name by their content', async () => {
        const environments = workspace.environments!;
        const definition = { image: 'python:3.12', pip: unique('# ') };
        const made = await environments.create({ definition });
        assert.equal(made.name, 'anonymous');
        assert.equal(made.version, made.digest.slice(0, 12));
        assert.deepEqual(await environments.create({ definition }), made);
        assert.ok(!(await environments.list()).some(({ name }) => name === 'anonymous'));
      });

      it('archives and brings back', async () => {
        const environments = workspace.environments!;
        const name = unique('old').replace(' ', '-');
        await environments.create({ name, definition: { pip: 'a' } });
        await environments.create({ name, definition: { pip: 'b' } });
        await environments.archive(name, '2');
        assert.equal((await environments.get(name, 'latest')).version, '1');
        assert.equal((await environments.get(name, '2')).archived, true);
        assert.equal((await environments.list({ name })).length, 1);
        assert.equal((await environments.list({ name, archived: true })).length, 2);
        await environments.archive(name, undefined, false);
        assert.equal((await environments.get(name, 'latest')).version, '2');
        await rejects(environments.archive(`${name}-not`), 'NOT_FOUND');
        assert.deepEqual(await environments.runs(name, '1'), []);
      });
    });

    describe('registry', () => {
      before(function () {
        if (!workspace.registry) this.skip();
      });

      async function registered(name: string) {
        const { models } = await workspace.registry!.models({ kind: 'registered', name });
        return models.find((model) => model.name === name);
      }

      it('registers a folder of a run that holds a model, version by version', async () => {
        const { ids } = await someRuns(['a']);
        const name = unique('Klassifizierer ü');
        await seed.file(ids[0]!, 'model/MLmodel', Buffer.from('flavors: {}\n'));
        const source = { runId: ids[0]!, path: 'model' };
        assert.equal(await workspace.registry!.register(source, name), '1');
        assert.equal(await workspace.registry!.register(source, name), '2');
        await seed.alias(name, '1', 'champion');
        const model = await registered(name);
        assert.equal(model?.kind, 'registered');
        assert.deepEqual(
          new Map(model.versions.map(({ version, runId, aliases }) => [version, [runId, aliases]])),
          new Map([
            ['1', [ids[0], ['champion']]],
            ['2', [ids[0], []]],
          ]),
        );
      });

      it('gives versions aliases, which move and go', async () => {
        const { ids } = await someRuns(['a']);
        const registry = workspace.registry!;
        const name = unique('aliased');
        await seed.file(ids[0]!, 'model/MLmodel', Buffer.from('flavors: {}\n'));
        for (let i = 0; i < 2; i++) await registry.register({ runId: ids[0]!, path: 'model' }, name);
        const aliases = async () =>
          (await registry.versions(name)).map((each) => [each.version, each.aliases]);
        for (const version of ['1', '2']) {
          await registry.setAlias(name, 'champion', version);
          assert.deepEqual(await aliases(), [
            ['2', version === '2' ? ['champion'] : []],
            ['1', version === '1' ? ['champion'] : []],
          ]);
        }
        for (let i = 0; i < 2; i++) await registry.deleteAlias(name, 'champion');
        assert.deepEqual(
          (await aliases()).map(([, own]) => own),
          [[], []],
        );
        await rejects(registry.setAlias(name, 'champion', '99'), 'NOT_FOUND');
        await rejects(registry.setAlias(name, 'latest', '1'), 'BAD_REQUEST');
        await rejects(registry.setAlias(unique('none'), 'champion', '1'), 'NOT_FOUND');
        await rejects(registry.versions(unique('none')), 'NOT_FOUND');
      });

      it('registers no folder without a model', async () => {
        const { ids } = await someRuns(['a']);
        const name = unique('none');
        await rejects(workspace.registry!.register({ runId: ids[0]!, path: 'model' }, name), 'NOT_FOUND');
        assert.equal(await registered(name), undefined);
      });

      it('registers no name that MLflow cannot have', async () => {
        const { ids } = await someRuns(['a']);
        await seed.file(ids[0]!, 'model/MLmodel', Buffer.from('flavors: {}\n'));
        await rejects(workspace.registry!.register({ runId: ids[0]!, path: 'model' }, ''), 'BAD_REQUEST');
      });

      it('comes page by page, by a part of the name in any case', async () => {
        const { ids } = await someRuns(['a']);
        await seed.file(ids[0]!, 'model/MLmodel', Buffer.from('flavors: {}\n'));
        const part = unique('Paged').replace(' ', '-');
        const wanted = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${part}-${letter}`);
        for (const name of wanted)
          await workspace.registry!.register({ runId: ids[0]!, path: 'model' }, name);
        const found: string[] = [];
        for (let page: string | undefined, isLast = false; !isLast; isLast = page === undefined) {
          const query = { kind: 'registered' as const, name: part.toUpperCase(), limit: 2 };
          const { models, nextPage } = await workspace.registry!.models({
            ...query,
            ...(page !== undefined && { page }),
          });
          assert.ok(models.length <= 2);
          found.push(...models.map(({ name }) => name));
          page = nextPage;
        }
        assert.deepEqual([...found].sort(), wanted);
      });

      if (!withoutLoggedModels)
        it('has logged models, which can be registered', async () => {
          const { experiment, ids } = await someRuns(['a']);
          const name = unique('logged').replace(' ', '-');
          const id = await seed.loggedModel(experiment, ids[0]!, name);
          const { models } = await workspace.registry!.models({ kind: 'logged', name });
          const [model] = models;
          assert.equal(models.length, 1);
          assert.deepEqual(
            [model!.id, model!.name, model!.kind, model!.state, model!.runId, model!.experimentId],
            [id, name, 'logged', 'ready', ids[0], experiment],
          );
          const registeredName = unique('from logged');
          const version = await workspace.registry!.register({ modelId: id }, registeredName);
          assert.equal(version, '1');
          assert.equal((await registered(registeredName))?.versions[0]?.modelId, id);
          await rejects(
            workspace.registry!.register({ modelId: `m-${'f'.repeat(32)}` }, registeredName),
            'NOT_FOUND',
          );
        });

      it('has all kinds together, each model once', async () => {
        const ids: string[] = [];
        await holds(async () => {
          ids.length = 0;
          for (let page: string | undefined, isLast = false; !isLast; isLast = page === undefined) {
            const found = await workspace.registry!.models({ limit: 3, ...(page !== undefined && { page }) });
            ids.push(...found.models.map(({ kind, id }) => `${kind} ${id}`));
            page = found.nextPage;
          }
          assert.equal(new Set(ids).size, ids.length);
        });
        assert.ok(ids.some((id) => id.startsWith('registered ')));
        if (!withoutLoggedModels) assert.ok(ids.some((id) => id.startsWith('logged ')));
      });
    });

    describeFacet('data', () => {
      const place = 'https://example.com/rows.csv';

      it('is kept version by version, the next number unless one is given', async () => {
        const data = workspace.data!;
        const name = unique('rows').replace(' ', '-');
        const more = { description: 'Rows.', tags: { year: '2024' } };
        const first = await data.create({ name, type: 'uri_file', path: place, ...more });
        assert.deepEqual(first, {
          ...{ name, version: '1', type: 'uri_file', path: place, archived: false },
          ...more,
          createdAt: first.createdAt,
        });
        assert.ok(Math.abs(first.createdAt - Date.now()) < 60_000);
        const versions: string[] = [];
        for (const version of ['7', undefined, 'clean', undefined])
          versions.push(
            (await data.create({ name, type: 'uri_file', path: place, ...(version && { version }) })).version,
          );
        assert.deepEqual(versions, ['7', '8', 'clean', '9']);
        assert.deepEqual(
          (await data.list({ name })).map(({ version }) => version),
          ['9', 'clean', '8', '7', '1'],
        );
        assert.deepEqual(await data.get(name, '1'), first);
        assert.equal((await data.get(name)).version, '9');
      });

      it('never changes', async () => {
        const data = workspace.data!;
        const name = unique('fixed').replace(' ', '-');
        await data.create({ name, version: 'a', type: 'uri_file', path: place });
        await rejects(
          data.create({ name, version: 'a', type: 'uri_folder', path: 'https://example.com/other' }),
          'CONFLICT',
        );
        assert.equal((await data.get(name, 'a')).path, place);
      });

      it('is archived and restored, and found by its version meanwhile', async () => {
        const data = workspace.data!;
        const name = unique('old').replace(' ', '-');
        for (let i = 0; i < 2; i++) await data.create({ name, type: 'uri_file', path: place });
        await data.archive(name, '2');
        assert.equal((await data.get(name)).version, '1');
        assert.equal((await data.get(name, '2')).archived, true);
        assert.deepEqual(
          (await data.list({ name })).map(({ version }) => version),
          ['1'],
        );
        await data.archive(name);
        await rejects(data.get(name), 'NOT_FOUND');
        assert.equal((await data.list({ name, archived: true })).length, 2);
        // Numbers are not used twice.
        assert.equal((await data.create({ name, type: 'uri_file', path: place })).version, '3');
        await data.archive(name, undefined, false);
        assert.equal((await data.list({ name })).length, 3);
        await rejects(data.archive(name, '9'), 'NOT_FOUND');
        await rejects(data.archive(unique('none')), 'NOT_FOUND');
      });

      it('was read by no run at first', async () => {
        const name = unique('read').replace(' ', '-');
        await workspace.data!.create({ name, type: 'uri_file', path: place });
        assert.deepEqual(await workspace.data!.runs(name, '1'), []);
        await rejects(workspace.data!.runs(name, '2'), 'NOT_FOUND');
      });

      it('is not found by a name that is not there', async () => {
        await rejects(workspace.data!.get('none'), 'NOT_FOUND');
        await rejects(workspace.data!.get('none', '1'), 'NOT_FOUND');
        assert.deepEqual(await workspace.data!.list({ name: 'none' }), []);
      });

      it('cannot be what no job could name or read', async () => {
        const create = (more: object) =>
          workspace.data!.create({ name: 'a', type: 'uri_file', path: place, ...more });
        for (const name of ['', 'a b', 'a/b', 'a:1', '-a']) await rejects(create({ name }), 'BAD_REQUEST');
        for (const version of ['', 'latest', 'a b', 'a/b']) await rejects(create({ version }), 'BAD_REQUEST');
        for (const path of ['', 'rows.csv', 'azureml:other:1', 's3://a/b', 'runs:/a/../b'])
          await rejects(create({ path }), 'BAD_REQUEST');
        await rejects(create({ type: 'table' }), 'BAD_REQUEST');
      });
    });

    describeFacet('datastores', () => {
      const place = { kind: 's3', bucket: 'rows', prefix: 'a/b' } as const;

      it('are kept by name, and are gone when they are removed', async () => {
        const datastores = workspace.datastores!;
        const name = unique('store').replace(' ', '-');
        const more = { description: 'Rows.', tags: { team: 'a' }, secretEnv: 'ROWS_KEYS' };
        const made = await datastores.create({ name, place, ...more });
        assert.deepEqual(made, { name, place, ...more, createdAt: made.createdAt });
        assert.ok(Math.abs(made.createdAt - Date.now()) < 60_000);
        assert.deepEqual(await datastores.get(name), made);
        const other = await datastores.create({ name: `${name}-b`, place: { kind: 'folder', path: '/a' } });
        assert.deepEqual(
          (await datastores.list()).filter((each) => each.name.startsWith(name)),
          [made, other],
        );
        await datastores.remove(name);
        await rejects(datastores.get(name), 'NOT_FOUND');
        await rejects(datastores.remove(name), 'NOT_FOUND');
        await rejects(datastores.signIn(name, 'x'), 'NOT_FOUND');
      });

      it('are made once', async () => {
        const datastores = workspace.datastores!;
        const name = unique('once').replace(' ', '-');
        const made = await datastores.create({ name, place });
        assert.deepEqual(await datastores.create({ name, place }), made);
        await rejects(datastores.create({ name, place: { ...place, bucket: 'other' } }), 'CONFLICT');
        await rejects(datastores.create({ name, place, secretEnv: 'A' }), 'CONFLICT');
        assert.deepEqual(await datastores.get(name), made);
      });

      it('tell nobody their secrets', async () => {
        const datastores = workspace.datastores!;
        const name = unique('secret').replace(' ', '-');
        const made = await datastores.create({ name, place });
        await datastores.signIn(name, 'key:very-secret');
        assert.deepEqual(await datastores.get(name), made);
        assert.doesNotMatch(JSON.stringify(await datastores.list()), /very-secret/);
      });

      it('cannot be what nobody could name or reach', async () => {
        const azure = { account: 'rows', endpoint: 'https://rows.blob.core.windows.net' };
        const create = (more: object) => workspace.datastores!.create({ name: 'a', place, ...more });
        for (const name of ['', 'a b', 'a/b', 'a:1', '-a']) await rejects(create({ name }), 'BAD_REQUEST');
        for (const wrong of [
          { kind: 'ftp', host: 'a' },
          { kind: 'folder', path: 'data' },
          { kind: 's3' },
          { kind: 's3', bucket: 'a/b' },
          { ...place, prefix: '../other' },
          { ...place, prefix: 'a//b' },
          { ...place, endpoint: 'minio:9000' },
          { ...place, endpoint: 'https://key:secret@minio' },
          { ...place, secret: 'key' },
          { kind: 'azure_blob', container: 'Rows', ...azure },
          { kind: 'azure_blob', container: 'rows', ...azure, account: 'a.b' },
          { kind: 'azure_blob', container: 'rows', ...azure, endpoint: `${azure.endpoint}?sv=1&sig=x` },
          { kind: 'azure_data_lake_gen2', container: 'rows', ...azure },
        ])
          await rejects(create({ place: wrong }), 'BAD_REQUEST');
        await rejects(create({ secretEnv: 'AKIA/secret=' }), 'BAD_REQUEST');
      });
    });

    async function rejects(call: Promise<unknown>, code: ErrorCode, words?: RegExp): Promise<void> {
      await assert.rejects(call, (error) => {
        assert.ok(TrainyardError.is(error), String(error));
        assert.equal(error.code, code, error.message);
        if (words) assert.match(error.message, words);
        return true;
      });
    }
  });
}
