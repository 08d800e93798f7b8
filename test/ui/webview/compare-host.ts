import type {
  ChangedFile,
  ComparedRun,
  FromCompare,
  ToCompare,
} from '../../../src/extension/panels/compare-messages.js';
import { comparedRun } from '../../../src/extension/panels/compared-run.js';
import type { Run } from '../../../src/workspace/types.js';

/** As JSON can hold it: NaN as a word. */
type PlainRun = Omit<ComparedRun, 'values'> & { values: string[] };

export interface CompareGiven {
  runs: PlainRun[];
  /** By run: the files that differ from the first. */
  code?: Record<string, ChangedFile[] | null>;
  pictures?: Record<string, Record<string, string>>;
  state?: unknown;
  fail?: { code: string; message: string };
}

declare global {
  interface Window {
    fakeCompare: { sent: FromCompare[]; violations: string[]; state: unknown; fail: CompareGiven['fail'] };
  }
}

export function installCompareHost(given: CompareGiven): void {
  const fake: Window['fakeCompare'] = { sent: [], violations: [], state: given.state, fail: given.fail };
  const say = (message: ToCompare) => window.postMessage(message, '*');
  const answer = (runIds: string[]) => {
    if (fake.fail) return say({ type: 'error', error: fake.fail as never });
    const byId = new Map(given.runs.map((run) => [run.id, run]));
    const runs = (runIds.length > 0 ? runIds : [...byId.keys()]).flatMap((id) => byId.get(id) ?? []);
    say({
      type: 'runs',
      runs: runs.map((run) => ({ ...run, values: Float64Array.from(run.values, Number) })),
    });
    for (const { id } of runs.slice(1)) {
      const files = given.code?.[id];
      if (files !== undefined)
        say({ type: 'code', runId: id, files, ...(files === null && { problem: 'not kept' }) });
    }
    for (const { id } of runs) {
      const pictures = given.pictures?.[id];
      if (pictures) say({ type: 'pictures', runId: id, pictures });
    }
  };
  document.addEventListener('securitypolicyviolation', (event) => {
    fake.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
  });
  Object.assign(window, {
    fakeCompare: fake,
    acquireVsCodeApi: () => ({
      postMessage(message: FromCompare) {
        fake.sent.push(message);
        if (message.type === 'ready' || message.type === 'show') setTimeout(() => answer(message.runIds), 0);
      },
      getState: () => fake.state,
      setState(state: unknown) {
        fake.state = state;
      },
    }),
  });
}

export function plainRun(run: Run): PlainRun {
  const { values, ...rest } = comparedRun(run);
  return { ...rest, values: Array.from(values, String) };
}
