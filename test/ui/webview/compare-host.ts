import type {
  ChangedFile,
  ComparedRun,
  FromCompare,
  ToCompare,
} from '../../../src/panels/compare-messages.js';
import { comparedRun } from '../../../src/extension/panels/compared-run.js';
import type { Run } from '../../../src/workspace/types.js';

/** As JSON can hold it: NaN as a word. */
type PlainRun = Omit<ComparedRun, 'values' | 'counts'> & { values: string[]; counts: number[] };
type Answer<T extends ToCompare['type']> = Extract<ToCompare, { type: T }>;

export interface CompareGiven {
  runs: PlainRun[];
  /** By run: the files that differ from the first. */
  code?: Record<string, ChangedFile[] | null>;
  pictures?: Record<string, Record<string, string>>;
  /** By run: data and packages, and files. */
  details?: Record<string, Omit<Answer<'details'>, 'type' | 'runId'>>;
  files?: Record<string, Omit<Answer<'files'>, 'type' | 'runId'>>;
  /** By metric, by run: the values of steps 0, 1, 2 … */
  points?: Record<string, Record<string, number[]>>;
  /** By metric, where it is not 1: from one point to the next. */
  stepOf?: Record<string, number>;
  goals?: Answer<'runs'>['goals'];
  workspaces?: Answer<'runs'>['workspaces'];
  state?: unknown;
  fail?: { code: string; message: string };
}

declare global {
  interface Window {
    fakeCompare: {
      sent: FromCompare[];
      state: unknown;
      fail: CompareGiven['fail'];
      say(message: ToCompare): void;
    };
  }
}

export function installCompareHost(given: CompareGiven): void {
  const say = (message: ToCompare) => window.postMessage(message, '*');
  const fake: Window['fakeCompare'] = { sent: [], state: given.state, fail: given.fail, say };
  const answer = (runIds: string[]) => {
    if (fake.fail) return say({ type: 'error', error: fake.fail as never });
    const byId = new Map(given.runs.map((run) => [run.id, run]));
    const runs = (runIds.length > 0 ? runIds : [...byId.keys()]).flatMap((id) => byId.get(id) ?? []);
    say({
      type: 'runs',
      runs: runs.map((run) => ({
        ...run,
        values: Float64Array.from(run.values, Number),
        counts: Float64Array.from(run.counts),
      })),
      detailed: 12,
      curves: Object.keys(given.points ?? {}),
      goals: given.goals ?? {},
      workspaces: given.workspaces ?? [],
    });
    for (const { id } of runs.slice(1)) {
      const files = given.code?.[id];
      if (files !== undefined)
        say({ type: 'code', runId: id, files, ...(files === null && { problem: 'not kept' }) });
    }
    for (const { id } of runs) {
      const pictures = given.pictures?.[id];
      if (pictures) say({ type: 'pictures', runId: id, pictures });
      const details = given.details?.[id];
      if (details) say({ type: 'details', runId: id, ...details });
      const files = given.files?.[id];
      if (files) say({ type: 'files', runId: id, ...files });
    }
  };
  const curve = (key: string, runId: string) => {
    const values = Float64Array.from(given.points?.[key]?.[runId] ?? []);
    const steps = values.map((_, i) => i * (given.stepOf?.[key] ?? 1));
    return { runId, key, total: values.length, reduced: false, steps, times: steps, values };
  };
  Object.assign(window, {
    fakeCompare: fake,
    acquireVsCodeApi: () => ({
      postMessage(message: FromCompare) {
        fake.sent.push(message);
        if (message.type === 'ready' || message.type === 'show') setTimeout(() => answer(message.runIds), 0);
        if (message.type === 'fetch') {
          const { id, key, runIds } = message;
          setTimeout(() => say({ type: 'points', id, points: runIds.map((runId) => curve(key, runId)) }), 0);
        }
      },
      getState: () => fake.state,
      setState(state: unknown) {
        fake.state = state;
      },
    }),
  });
}

export function plainRun(run: Run, place?: string): PlainRun {
  const { values, counts, ...rest } = comparedRun(run, place);
  return { ...rest, values: Array.from(values, String), counts: [...counts] };
}
