import { chunkOf } from '../../../src/extension/panels/run-chunk.js';
import type { FromTable, ToTable } from '../../../src/panels/table-messages.js';
import type { Run } from '../../../src/workspace/types.js';
import { accuracyAt, lossAt, random, START } from './data.js';

/** A chunk as JSON: the page makes typed arrays of it. */
export type PlainChunk = ReturnType<typeof plainChunk>;

export interface TableGiven {
  chunk?: PlainChunk | undefined;
  /** Instead: those of several workspaces. */
  chunks?: PlainChunk[];
  /** Instead: so many runs with so many metrics and params, made in the page. */
  many?: { runs: number; metrics: number; params: number };
  /** Runs that a filter lets pass; one that is not here is not understood. */
  answers?: Record<string, string[]>;
  experimentId?: string | null;
  layout?: unknown;
  filters?: string[];
  workspaces?: Extract<ToTable, { type: 'begin' }>['workspaces'];
  /** By run, by metric; what is not here falls and swings. */
  curves?: Record<string, Record<string, number[]>>;
  state?: unknown;
  fail?: { code: string; message: string };
}

export interface FakeTableHost {
  sent: FromTable[];
  state: unknown;
  fail: TableGiven['fail'];
  say(message: ToTable): void;
  sayChunk(chunk: PlainChunk): void;
  /** When the first rows were handed over, and when the frame with them was drawn: ms of performance.now(). */
  timing: { told: number; drawn: number };
}

declare global {
  interface Window {
    fakeTable: FakeTableHost;
  }
}

export function installTableHost(given: TableGiven): void {
  const revive = ({ ids, texts, numbers }: PlainChunk, keep: (id: string) => boolean = () => true) => {
    const rows = ids.map((id, i) => ({ id, i })).filter(({ id }) => keep(id));
    return {
      ids: rows.map(({ id }) => id),
      texts: texts.map(({ id, words, codes }) => ({
        id,
        words,
        codes: Uint32Array.from(rows, ({ i }) => codes[i]!),
      })),
      numbers: numbers.map(({ id, values, isSet }) => ({
        id,
        values: Float64Array.from(rows, ({ i }) => Number(values[i])),
        isSet: Uint8Array.from(rows, ({ i }) => isSet[i]!),
      })),
    };
  };
  const made = (from: number, count: number, metrics: number, params: number) => {
    const all = Array.from({ length: count }, (_, i) => from + i);
    const numbers = (id: string, of: (i: number) => number) => ({
      id,
      values: Float64Array.from(all, of),
      isSet: new Uint8Array(count).fill(1),
    });
    const texts = (id: string, words: string[], of: (i: number) => number) => ({
      id,
      words,
      codes: Uint32Array.from(all, (i) => (of(i) % words.length) + 1),
    });
    return {
      ids: all.map((i) => `local/run-${i}`),
      texts: [
        { id: 'name', words: all.map((i) => `sweep-${i}`), codes: Uint32Array.from(all, (_, i) => i + 1) },
        texts('state', ['finished', 'failed', 'running'], (i) => (i % 17 === 0 ? 1 : i < 3 ? 2 : 0)),
        texts('branch', ['main', 'wider-net'], (i) => i >> 3),
        ...Array.from({ length: params }, (_, p) =>
          texts(`param:p${p}`, ['0.1', '0.01', '0.001', '32', 'relu'].slice(0, 2 + (p % 4)), (i) => i + p),
        ),
      ],
      numbers: [
        numbers('number', (i) => i),
        numbers('started', (i) => Date.now() - i * 60_000),
        numbers('duration', (i) => 1000 * (i % 977)),
        ...Array.from({ length: metrics }, (_, m) => [
          numbers(`metric:m${m}/loss`, (i) => Math.abs(Math.sin(i * (m + 1)))),
          numbers(`min:m${m}/loss`, (i) => Math.abs(Math.sin(i * (m + 1))) / 2),
          numbers(`max:m${m}/loss`, (i) => Math.abs(Math.sin(i * (m + 1))) * 2),
        ]).flat(),
      ],
    };
  };
  const pages = () => {
    if (given.chunk) return [revive(given.chunk)];
    if (given.chunks) return given.chunks.map((chunk) => revive(chunk));
    const { runs, metrics, params } = given.many ?? { runs: 0, metrics: 0, params: 0 };
    return Array.from({ length: Math.ceil(runs / 1000) }, (_, page) =>
      made(page * 1000, Math.min(1000, runs - page * 1000), metrics, params),
    );
  };
  const fake: FakeTableHost = {
    sent: [],
    state: given.state,
    fail: given.fail,
    timing: { told: 0, drawn: 0 },
    say: (message) => window.postMessage(message, '*'),
    sayChunk: (chunk) => fake.say({ type: 'runs', chunk: revive(chunk) }),
  };
  /** Falls and swings, and is another for each run. */
  const curves = (cells: { runId: string; metric: string }[]) =>
    fake.say({
      type: 'curves',
      curves: cells.map((cell) => {
        const seed = Number(/\d+/.exec(cell.runId)) + cell.metric.length;
        const value = (_: unknown, i: number) => Math.exp(-i / (8 + (seed % 23))) + Math.sin(i * seed) * 0.04;
        const own = given.curves?.[cell.runId]?.[cell.metric];
        const values = Float64Array.from(own ?? Array.from({ length: 60 }, value));
        return { ...cell, steps: Float64Array.from(values.keys()), values };
      }),
    });
  const show = (experimentId: string | null, filter: string) => {
    if (fake.fail) return fake.say({ type: 'error', error: fake.fail as never });
    const passing = filter === '' ? undefined : given.answers?.[filter];
    if (filter !== '' && !passing)
      return fake.say({ type: 'filterProblem', message: `Invalid clause(s) in filter string: '${filter}'` });
    fake.say({
      type: 'begin',
      experimentId,
      filter,
      experiments: [
        { id: '1', name: 'digits' },
        { id: '2', name: 'wider' },
      ],
      layout: (given.layout ?? null) as never,
      filters: given.filters ?? [],
      workspaces: given.workspaces ?? [{ id: 'local', label: 'Local' }],
    });
    const chunks = passing && given.chunk ? [revive(given.chunk, (id) => passing.includes(id))] : pages();
    // As from a server: the next page is asked for when one is there.
    const tell = ([chunk, ...rest]: typeof chunks): void => {
      if (!chunk) return fake.say({ type: 'end' });
      if (chunk.ids.length > 0) fake.say({ type: 'runs', chunk });
      setTimeout(tell, rest.length > 0 ? 50 : 0, rest);
    };
    tell(chunks);
  };
  // Before the page listens, so that its own work counts.
  addEventListener('message', function first({ data }: MessageEvent<ToTable>) {
    if (data.type !== 'runs') return;
    removeEventListener('message', first);
    fake.timing.told = performance.now();
    requestAnimationFrame(() => setTimeout(() => (fake.timing.drawn = performance.now()), 0));
  });
  Object.assign(window, {
    fakeTable: fake,
    acquireVsCodeApi: () => ({
      postMessage(message: FromTable) {
        fake.sent.push(message);
        // As in the editor, an answer never comes within the call.
        if (message.type === 'curves') setTimeout(() => curves(message.cells), 0);
        if (message.type === 'ready' || message.type === 'show')
          setTimeout(() => show(message.experimentId ?? given.experimentId ?? null, message.filter), 0);
      },
      getState: () => fake.state,
      setState(state: unknown) {
        fake.state = state;
      },
    }),
  });
}

/** As JSON can hold it: NaN as a word. */
export function plainChunk(runs: readonly Run[], place?: string) {
  const { ids, texts, numbers } = chunkOf(runs, (id) => ({ 1: 'digits', 2: 'wider' })[id], place);
  return {
    ids,
    texts: texts.map(({ id, words, codes }) => ({ id, words, codes: [...codes] })),
    numbers: numbers.map(({ id, values, isSet }) => ({
      id,
      values: Array.from(values, String),
      isSet: [...isSet],
    })),
  };
}

/** A run as the workspace has it. */
export function tableRun(number: number, more: Partial<Run> = {}): Run {
  const next = random(number * 31 + 7);
  const summary = (value: number) => ({
    value,
    step: 99,
    timestamp: START,
    count: 100,
    min: value * 0.9,
    max: value * 1.4,
  });
  return {
    id: `run-${number}`,
    workspace: 'local',
    number,
    experimentId: '1',
    name: ['calm-otter', 'brave-finch', 'quick-lynx', 'still-heron'][number % 4]! + `-${number}`,
    state: 'finished',
    lifecycle: 'active',
    user: 'ada',
    startTime: START - (100 - number) * 47 * 60_000,
    endTime: START - (100 - number) * 47 * 60_000 + Math.round(next() * 4e6),
    metrics: {
      val_accuracy: summary(accuracyAt(number, 100)(99)),
      val_loss: summary(lossAt(number, 100)(99)),
      'train/loss': summary(lossAt(number + 50, 100)(99)),
      'system/cpu': summary(next() * 100),
    },
    params: {
      lr: ['0.1', '0.01', '0.003', '1e-4'][Math.floor(next() * 4)]!,
      batch_size: String(2 ** (4 + Math.floor(next() * 4))),
      optimizer: ['adam', 'sgd'][Math.floor(next() * 2)]!,
      seed: '17',
    },
    tags: next() > 0.7 ? { stage: 'candidate', 'mlflow.user': 'ada' } : { 'mlflow.user': 'ada' },
    code: {
      head: `${number.toString(16).padStart(2, '0')}c0ffee`.padEnd(40, '0'),
      branch: number % 3 === 0 ? 'wider-net' : 'main',
      snapshot: 'f'.repeat(40),
      changedFiles: number % 3,
      root: '/home/ada/digits',
      remote: null,
      script: 'train.py',
    },
    job: {
      runId: 'job',
      target: 'local',
      command: ['python', 'train.py', '--lr', '0.01'],
      workingFolder: '/home/ada/digits',
      exitCode: 0,
      queuedAt: START,
    },
    ...more,
  };
}
