import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import { ChartsFeed } from '../../../src/extension/panels/charts-feed.js';
import { CompareFeed } from '../../../src/extension/panels/compare-feed.js';
import { RunFeed } from '../../../src/extension/panels/run-feed.js';
import { TableFeed } from '../../../src/extension/panels/table-feed.js';
import { DEFAULT_LAYOUT } from '../../../src/panels/charts-layout.js';
import type { ToCompare } from '../../../src/panels/compare-messages.js';
import type { ToCharts } from '../../../src/panels/messages.js';
import type { ToRun } from '../../../src/panels/run-messages.js';
import type { ToTable } from '../../../src/panels/table-messages.js';
import type { Facet } from '../../../src/workspace/facets.js';
import { pass, standStill } from '../../support/clock.js';
import { MemoryWorkspace } from '../../support/memory-workspace.js';
import { WorkspaceList } from '../../support/panel-workspaces.js';
import { tableRun } from '../../ui/webview/table-host.js';

/** With runs of the same ids as every other; the first of them is the newest. */
function workspaceOf(id: string, label: string, lacks: readonly Facet[] = []): MemoryWorkspace {
  const workspace = new MemoryWorkspace({ id, label, lacks });
  workspace.experiment('1', { name: 'digits' });
  for (const number of [1, 2]) {
    const run = tableRun(number);
    workspace.put(run.id, {
      ...run,
      workspace: id,
      name: `${id}-${number}`,
      startTime: -number,
      job: { ...run.job!, runId: run.id },
    });
    workspace.writeFile(run.id, 'notes.txt', id);
  }
  return workspace;
}

const DOWN = new TrainyardError('SERVER_UNREACHABLE', 'No answer.', { hint: 'Retry.' });

describe('panels with runs of two workspaces', () => {
  standStill();
  let here: MemoryWorkspace;
  let lab: MemoryWorkspace;
  let warned: string[];
  const feeds: { dispose(): void }[] = [];
  let list: WorkspaceList;
  const workspaces = () => list;

  beforeEach(() => {
    here = workspaceOf('local', 'Local');
    lab = workspaceOf('lab', 'Lab');
    list = new WorkspaceList(here, lab);
    warned = [];
  });
  afterEach(() => feeds.splice(0).forEach((feed) => feed.dispose()));

  const of = <M extends { type: string }, T extends M['type']>(posted: M[], type: T) =>
    posted.filter((message): message is Extract<M, { type: T }> => message.type === type);
  /** Another lab, that cannot do all. */
  const labWithout = (...lacks: Facet[]): void => {
    lab = workspaceOf('lab', 'Lab', lacks);
    list.all = [here, lab];
  };
  /** Tells of no runs until what it returns is called. */
  const stall = (workspace: MemoryWorkspace): (() => void) => {
    let go!: () => void;
    const answers = new Promise<void>((resolve) => (go = resolve));
    const runs = workspace.runs.bind(workspace);
    workspace.runs = async (...question) => {
      await answers;
      return runs(...question);
    };
    return go;
  };

  describe('charts', () => {
    let posted: ToCharts[];
    let feed: ChartsFeed;
    async function start(...keys: string[]): Promise<void> {
      posted = [];
      feed = new ChartsFeed(keys, {
        workspaces: workspaces(),
        post: (message) => posted.push(message),
        layout: (experimentId) => Promise.resolve({ experimentId, layout: DEFAULT_LAYOUT }),
        warn: (message) => warned.push(message),
      });
      feeds.push(feed);
      await pass(10);
    }

    it('tell runs of the same id apart, in the order of the panel', async () => {
      await start('lab/run-1', 'local/run-1', 'lab/run-2');
      const [init] = of(posted, 'init');
      assert.deepEqual(
        init?.runs.map(({ id, name, workspace }) => [id, name, workspace]),
        [
          ['lab/run-1', 'lab-1', 'lab'],
          ['local/run-1', 'local-1', 'local'],
          ['lab/run-2', 'lab-2', 'lab'],
        ],
      );
      assert.deepEqual(init?.workspaces, [
        { id: 'lab', label: 'Lab' },
        { id: 'local', label: 'Local' },
      ]);
      assert.equal(init?.layout.experimentId, null, 'two experiments, though their ids are the same');
    });

    it('read points of each from its workspace, and answer in the order that was asked', async () => {
      for (const key of ['m0', 'm1', 'm2']) {
        here.logMetric('run-1', key, [1]);
        lab.logMetric('run-1', key, [2]);
      }
      await start('lab/run-1', 'local/run-1');
      const series = ['local/run-1', 'lab/run-1', 'local/run-1'].map((runId, i) => ({
        runId,
        key: `m${i}`,
        from: 0,
      }));
      await feed.fetch({ type: 'fetch', id: 3, series, maxPoints: 10 });
      assert.deepEqual(
        of(posted, 'points')[0]?.points.map(({ runId, key, values }) => [runId, key, values[0]]),
        [
          ['local/run-1', 'm0', 1],
          ['lab/run-1', 'm1', 2],
          ['local/run-1', 'm2', 1],
        ],
      );
    });

    it('go on without a workspace that fails, and say which', async () => {
      lab.failure = DOWN;
      await start('lab/run-1', 'local/run-1');
      const [init] = of(posted, 'init');
      assert.deepEqual(
        init?.runs.map(({ id }) => id),
        ['local/run-1'],
      );
      assert.deepEqual(init?.missing, [], 'nobody knows whether its runs are gone');
      assert.equal(init?.workspaces[0]?.problem?.message, 'No answer.');
      assert.equal(init?.workspaces[1]?.problem, undefined);
      lab.failure = undefined;
      lab.tell({ type: 'reset' });
      await pass(10);
      assert.deepEqual(
        of(posted, 'init')
          .at(-1)
          ?.runs.map(({ id }) => id),
        ['lab/run-1', 'local/run-1'],
      );
      assert.deepEqual(of(posted, 'error'), []);
    });

    it('do not wait for one that is slow, and add its runs when they come', async () => {
      const go = stall(lab);
      await start('lab/run-1', 'local/run-1');
      assert.equal(posted.length, 0, 'most answer at once, and a list that grows is restless');
      await pass(1000);
      const [init] = of(posted, 'init');
      assert.deepEqual(
        init?.runs.map(({ id }) => id),
        ['local/run-1'],
      );
      assert.equal(init?.workspaces[0]?.isPending, true);
      assert.equal(init?.layout.experimentId, null);
      go();
      await pass(10);
      const last = of(posted, 'runs').at(-1);
      assert.deepEqual(
        last?.runs.map(({ id }) => id),
        ['lab/run-1', 'local/run-1'],
      );
      assert.equal(last?.workspaces[0]?.isPending, undefined);
    });

    it('follow the changes of either, and take no other run for one of theirs', async () => {
      await start('local/run-1', 'lab/run-2');
      here.changed('run-2', 'metrics');
      lab.changed('run-2', 'metrics');
      await pass(100);
      assert.deepEqual(of(posted, 'changed'), [{ type: 'changed', runIds: ['lab/run-2'] }]);
    });

    it('listen to no workspace of which they show nothing', async () => {
      await start('local/run-1');
      assert.equal(lab.listeners.size, 0);
      feed.show(['lab/run-1']);
      await pass(10);
      // For runs and for images.
      assert.ok(lab.listeners.size > 0);
      feed.dispose();
      assert.equal(here.listeners.size + lab.listeners.size, 0);
    });

    it('offer the log and the failing line only where the workspace has them', async () => {
      labWithout('code', 'jobs');
      const failed = {
        state: 'failed' as const,
        job: {
          ...here.all.get('run-1')!.job!,
          cause: { kind: 'exception' as const, headline: 'ValueError', file: 'train.py', line: 3 },
        },
      };
      for (const workspace of [here, lab]) Object.assign(workspace.all.get('run-1')!, failed);
      await start('local/run-1', 'lab/run-1');
      const [mine, theirs] = of(posted, 'init')[0]!.runs;
      assert.deepEqual(mine?.failure?.at, { file: 'train.py', line: 3 });
      assert.equal(mine?.hasLog, true);
      assert.equal(theirs?.failure?.headline, 'ValueError');
      assert.equal(theirs?.failure?.at, undefined);
      assert.equal(theirs?.hasLog ?? theirs?.isJob, undefined);
    });

    it('say so where the workspace of a run was removed', async () => {
      list.problems.set('gone', new TrainyardError('BAD_REQUEST', 'It has no address.'));
      await start('gone/run-1', 'local/run-1');
      const [init] = of(posted, 'init');
      assert.deepEqual(
        init?.runs.map(({ id }) => id),
        ['local/run-1'],
      );
      assert.equal(init?.workspaces[0]?.problem?.message, 'It has no address.');
    });

    it('drop the runs of a workspace that is removed, and have them again when it is back', async () => {
      await start('lab/run-1', 'local/run-1');
      const shown = () =>
        of(posted, 'init')
          .at(-1)
          ?.runs.map(({ id }) => id);
      list.change(here);
      await pass(10);
      assert.deepEqual(shown(), ['local/run-1']);
      assert.match(of(posted, 'init').at(-1)?.workspaces[0]?.problem?.message ?? '', /There is no lab/);
      assert.equal(lab.listeners.size, 0);
      list.change(here, lab);
      await pass(10);
      assert.deepEqual(shown(), ['lab/run-1', 'local/run-1']);
      assert.ok(lab.listeners.size > 0);
    });

    it('call a workspace by its new name, and go on where nothing changed', async () => {
      await start('lab/run-1', 'local/run-1');
      list.change(here, lab);
      await pass(10);
      assert.equal(of(posted, 'init').length, 1);
      const renamed = workspaceOf('lab', 'Cellar');
      list.change(here, renamed);
      await pass(10);
      assert.equal(of(posted, 'init').at(-1)?.workspaces[0]?.label, 'Cellar');
      renamed.changed('run-1', 'metrics');
      await pass(100);
      assert.deepEqual(of(posted, 'changed'), [{ type: 'changed', runIds: ['lab/run-1'] }]);
    });
  });

  describe('the table', () => {
    let posted: ToTable[];
    let feed: TableFeed;
    async function start(experimentId: string | null, filter = ''): Promise<void> {
      posted = [];
      feed = new TableFeed(
        { experimentId, filter },
        {
          workspaces: workspaces(),
          post: (message) => posted.push(message),
          layout: () => null,
          filters: () => [],
          onFilter: () => undefined,
          warn: (message) => warned.push(message),
        },
      );
      feeds.push(feed);
      await pass(10);
    }
    const told = () => of(posted, 'runs').flatMap(({ chunk }) => chunk.ids);

    it('has the runs of all, each with the name of its workspace', async () => {
      await start(null);
      assert.deepEqual(told().toSorted(), ['lab/run-1', 'lab/run-2', 'local/run-1', 'local/run-2']);
      const words = of(posted, 'runs').flatMap(
        ({ chunk }) => chunk.texts.find(({ id }) => id === 'workspace')?.words ?? [],
      );
      assert.deepEqual(words.toSorted(), ['Lab', 'Local']);
      assert.equal(posted.at(0)?.type, 'begin');
      assert.equal(of(posted, 'end').length, 1);
    });

    it('has those of one experiment alone, and offers the experiments of all', async () => {
      await start('lab/1');
      assert.deepEqual(told(), ['lab/run-1', 'lab/run-2']);
      assert.equal(here.listeners.size, 0);
      assert.deepEqual(
        of(posted, 'experiments')
          .at(-1)
          ?.experiments.map(({ id, workspace }) => [id, workspace]),
        [
          ['local/1', 'Local'],
          ['lab/1', 'Lab'],
        ],
      );
    });

    it('goes on without a workspace that fails, and says which', async () => {
      lab.failure = DOWN;
      await start(null);
      assert.deepEqual(told(), ['local/run-1', 'local/run-2']);
      const { workspaces: stand } = [...of(posted, 'begin'), ...of(posted, 'experiments')].at(-1)!;
      assert.equal(stand.find(({ id }) => id === 'lab')?.problem?.message, 'No answer.');
      assert.equal(of(posted, 'end').length, 1);
      assert.deepEqual(of(posted, 'error'), []);
    });

    it('does not wait for one that is slow', async () => {
      const go = stall(lab);
      await start(null);
      assert.deepEqual(told(), ['local/run-1', 'local/run-2']);
      assert.equal(of(posted, 'begin')[0]?.workspaces.find(({ id }) => id === 'lab')?.isPending, true);
      here.changed('run-1', 'metrics');
      await pass(10);
      assert.equal(told().length, 3, 'what changes is told meanwhile');
      go();
      await pass(10);
      assert.deepEqual(told().slice(3), ['lab/run-1', 'lab/run-2']);
      assert.equal(posted.at(-1)?.type, 'end');
    });

    it('fails when all of them fail, and says what is wrong with a filter that none understands', async () => {
      here.failure = lab.failure = DOWN;
      await start(null);
      assert.deepEqual(
        posted.map(({ type }) => type),
        ['error'],
      );
      here.failure = lab.failure = new TrainyardError('BAD_REQUEST', 'Invalid clause.');
      feed.show({ experimentId: null, filter: 'bad' });
      await pass(10);
      assert.deepEqual(posted.at(-1), { type: 'filterProblem', message: 'Invalid clause.' });
    });

    it('shows what one workspace understands of a filter that another does not', async () => {
      lab.failure = new TrainyardError('BAD_REQUEST', 'Invalid clause.');
      await start(null, 'user = ada');
      assert.deepEqual(told(), ['local/run-1', 'local/run-2']);
      const { workspaces: stand } = [...of(posted, 'begin'), ...of(posted, 'experiments')].at(-1)!;
      assert.equal(stand.find(({ id }) => id === 'lab')?.problem?.message, 'Invalid clause.');
    });

    describe('when the list changes', () => {
      /** Since the last `begin`. */
      const told = () => {
        const from = posted.findLastIndex(({ type }) => type === 'begin');
        return of(posted.slice(from), 'runs').flatMap(({ chunk }) => chunk.ids);
      };

      it('has the runs of one that was added, and not those of one that was removed', async () => {
        list.all = [here];
        await start(null);
        assert.deepEqual(told(), ['local/run-1', 'local/run-2']);
        list.change(here, lab);
        await pass(10);
        assert.deepEqual(told().toSorted(), ['lab/run-1', 'lab/run-2', 'local/run-1', 'local/run-2']);
        const words = of(posted, 'runs')
          .at(-1)
          ?.chunk.texts.find(({ id }) => id === 'workspace')?.words;
        assert.equal(words?.length, 1, 'each is called by its workspace by now');
        list.change(here);
        await pass(10);
        assert.deepEqual(told(), ['local/run-1', 'local/run-2']);
        assert.equal(posted.at(-1)?.type, 'end');
        assert.equal(lab.listeners.size, 0);
      });

      it('is not read anew when the list is the same', async () => {
        await start(null);
        list.change(here, lab);
        await pass(10);
        assert.equal(of(posted, 'begin').length, 1);
      });

      it('says why the only one whose runs it shows cannot be opened', async () => {
        await start('lab/1');
        list.problems.set('lab', new TrainyardError('BAD_REQUEST', 'It has no address.'));
        list.change(here);
        await pass(10);
        const last = posted.at(-1);
        assert.equal(last?.type === 'error' && last.error.message, 'It has no address.');
      });
    });
  });

  describe('the comparison', () => {
    let posted: ToCompare[];
    let feed: CompareFeed;
    async function start(...keys: string[]): Promise<void> {
      posted = [];
      feed = new CompareFeed(keys, {
        workspaces: workspaces(),
        post: (message) => posted.push(message),
        goals: () => ({}),
        warn: (message) => warned.push(message),
      });
      feeds.push(feed);
      await pass(20);
    }
    it('compares the code of two workspaces by the contents of its files', async () => {
      const write = (workspace: MemoryWorkspace, files: Record<string, string>) => {
        for (const [path, text] of Object.entries(files)) workspace.writeCode('run-1', path, text);
      };
      write(here, { 'a.py': 'one', 'b.py': 'two', 'same.py': 'x', 'old.py': 'y' });
      write(lab, { 'a.py': 'One', 'b.py': 'two!', 'same.py': 'x', 'new.py': 'z' });
      await start('local/run-1', 'lab/run-1');
      assert.deepEqual(
        of(posted, 'code')[0]?.files?.map(({ path, status, additions }) => [path, status, additions]),
        [
          ['a.py', 'modified', null],
          ['b.py', 'modified', null],
          ['new.py', 'added', null],
          ['old.py', 'deleted', null],
        ],
      );
      assert.equal(feed.change('lab/run-1')?.run.name, 'local-1');
    });

    it('says which workspace does not keep code', async () => {
      labWithout('code');
      await start('local/run-1', 'lab/run-1');
      assert.match(of(posted, 'code')[0]?.problem ?? '', /^The workspace “Lab” /);
    });

    it('reads files, data and curves of each from its workspace, and names it', async () => {
      await start('lab/run-1', 'local/run-1');
      assert.deepEqual(
        of(posted, 'runs')[0]?.runs.map(({ id, workspace }) => [id, workspace]),
        [
          ['lab/run-1', 'Lab'],
          ['local/run-1', 'Local'],
        ],
      );
      const bytes = (runId: string) =>
        of(posted, 'files').find((told) => told.runId === runId)?.files?.[0]?.bytes;
      assert.deepEqual([bytes('lab/run-1'), bytes('local/run-1')], [3, 5]);
      lab.failure = DOWN;
      await feed.fetch({
        type: 'fetch',
        id: 1,
        key: 'loss',
        runIds: ['lab/run-1', 'local/run-1'],
        maxPoints: 9,
      });
      assert.deepEqual(
        of(posted, 'points')[0]?.points?.map(({ runId }) => runId),
        ['local/run-1'],
      );
      assert.match(warned.join(), /No answer/);
    });

    it('goes on without a workspace that fails, and says which', async () => {
      lab.failure = DOWN;
      await start('local/run-1', 'lab/run-1', 'local/run-2');
      const [runs] = of(posted, 'runs');
      assert.deepEqual(
        runs?.runs.map(({ id }) => id),
        ['local/run-1', 'local/run-2'],
      );
      assert.deepEqual(
        runs?.workspaces.map(({ label, problem }) => [label, problem?.message]),
        [['Lab', 'No answer.']],
      );
    });

    it('goes on without a workspace that is removed meanwhile', async () => {
      await start('local/run-1', 'lab/run-1', 'local/run-2');
      list.change(here);
      await pass(10);
      const runs = of(posted, 'runs').at(-1);
      assert.deepEqual(
        runs?.runs.map(({ id }) => id),
        ['local/run-1', 'local/run-2'],
      );
      assert.match(runs?.workspaces[0]?.problem?.message ?? '', /There is no lab/);
    });
  });

  describe('the panel of a run', () => {
    let posted: ToRun[];
    async function start(key: string): Promise<RunFeed> {
      posted = [];
      const feed = new RunFeed(key, {
        workspaces: workspaces(),
        post: (message) => posted.push(message),
        warn: (message) => warned.push(message),
        onRun: () => undefined,
        goals: () => ({}),
        collapsed: () => [],
      });
      feeds.push(feed);
      await pass(10);
      return feed;
    }

    it('shows the run of that workspace, and saves its note there', async () => {
      lab.all.get('run-1')!.parentRunId = 'run-2';
      const feed = await start('lab/run-1');
      const { run } = of(posted, 'run')[0]!;
      assert.deepEqual(
        [run.id, run.workspace, run.name, run.parentRunId],
        ['lab/run-1', 'Lab', 'lab-1', 'lab/run-2'],
      );
      await feed.saveNote({ type: 'saveNote', text: 'mine', base: '' });
      const notes = [lab, here].map(({ all }) => all.get('run-1')?.tags['mlflow.note.content']);
      assert.deepEqual(notes, ['mine', undefined]);
    });

    it('offers what its workspace has, and nothing else', async () => {
      labWithout('edit', 'code', 'jobs', 'registry');
      await start('lab/run-1');
      const { isJob, hasCode, canEdit, canRegister } = of(posted, 'run')[0]!.run;
      assert.deepEqual([isJob, hasCode, canEdit, canRegister], [false, false, false, false]);
    });

    it('says so when the workspace was removed', async () => {
      await start('gone/run-1');
      assert.match(of(posted, 'error')[0]?.error.message ?? '', /There is no gone/);
    });

    it('follows its workspace: added, renamed and removed', async () => {
      list.all = [here];
      await start('local/run-1');
      const place = () => of(posted, 'run').at(-1)?.run.workspace;
      assert.equal(place(), undefined);
      list.change(here, lab);
      await pass(1000);
      assert.equal(place(), 'Local');
      list.change(workspaceOf('local', 'Desk'), lab);
      await pass(1000);
      assert.equal(place(), 'Desk');
      list.change(lab);
      await pass(1000);
      assert.match(of(posted, 'error')[0]?.error.message ?? '', /There is no local/);
    });
  });
});
