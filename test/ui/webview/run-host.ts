import type { FromRun, ShownRun, ToRun } from '../../../src/panels/run-messages.js';
import { shownRun } from '../../../src/extension/panels/shown-run.js';
import type { FoundFiles } from '../../../src/panels/found-files.js';
import type { ShownTable } from '../../../src/panels/table.js';
import type { Run, RunFile } from '../../../src/workspace/types.js';

const COLUMNS = ['values', 'mins', 'maxs', 'steps', 'counts'] as const;
type Column = (typeof COLUMNS)[number];
/** As JSON can hold it: NaN as a word. */
export type PlainShownRun = Omit<ShownRun, Column> & Record<Column, string[]>;

export interface RunGiven {
  runs: PlainShownRun[];
  found?: FoundFiles;
  folders?: Record<string, RunFile[]>;
  pictures?: Record<string, string>;
  tables?: Record<string, ShownTable | string>;
  log?: Omit<Extract<ToRun, { type: 'log' }>, 'type'>;
  /** By metric; what is not here falls and swings. */
  points?: Record<string, number[]>;
  collapsed?: string[];
  goals?: Extract<ToRun, { type: 'run' }>['goals'];
  state?: unknown;
  fail?: { code: string; message: string };
}

declare global {
  interface Window {
    fakeRun: {
      sent: FromRun[];
      state: unknown;
      fail: RunGiven['fail'];
      /** What the host would find when it saves a note; null: what it showed. */
      noteElsewhere: string | null;
      say(message: ToRun): void;
      /** Tells of the run again, with what changed. */
      tell(changes: Partial<PlainShownRun>): void;
    };
  }
}

export function installRunHost(given: RunGiven): void {
  const columns = ['values', 'mins', 'maxs', 'steps', 'counts'] as const;
  let current = given.runs[0]!;
  let collapsed = given.collapsed ?? [];
  const say = (message: ToRun) => window.postMessage(message, '*');
  const typed = (run: PlainShownRun) =>
    Object.assign(
      {},
      run,
      Object.fromEntries(columns.map((name) => [name, Float64Array.from(run[name], Number)])),
    );
  const tellRun = () =>
    say({ type: 'run', run: typed(current) as unknown as ShownRun, collapsed, goals: given.goals ?? {} });
  const fake: Window['fakeRun'] = {
    sent: [],
    state: given.state,
    fail: given.fail,
    noteElsewhere: null,
    say,
    tell(changes) {
      current = { ...current, ...changes };
      tellRun();
    },
  };
  function answer(message: FromRun): void {
    switch (message.type) {
      case 'ready':
      case 'retry':
        if (fake.fail) {
          say({ type: 'error', error: fake.fail as never });
          break;
        }
        if (message.type === 'ready') current = given.runs.find(({ id }) => id === message.runId) ?? current;
        tellRun();
        if (given.found) say({ type: 'found', found: given.found });
        break;
      case 'points':
        say({
          type: 'points',
          series: message.keys.map((key) => {
            const values =
              given.points?.[key] ??
              Array.from({ length: 200 }, (_, i) => 1 / (1 + i / 20) + Math.sin(i * key.length) / 20);
            return { key, steps: Float64Array.from(values.keys()), values: Float64Array.from(values) };
          }),
        });
        break;
      case 'log':
        if (message.isWanted && given.log) say({ type: 'log', ...given.log });
        break;
      case 'folder':
        say({ type: 'folder', folder: message.folder, files: given.folders?.[message.folder] ?? [] });
        break;
      case 'picture':
        say({ type: 'picture', path: message.path, uri: given.pictures?.[message.path] ?? null });
        break;
      case 'table': {
        const table = given.tables?.[message.path];
        if (table !== undefined) say({ type: 'table', path: message.path, table });
        break;
      }
      case 'collapsed':
        collapsed = message.collapsed;
        break;
      case 'saveNote':
        if (fake.noteElsewhere !== null && fake.noteElsewhere !== message.base) {
          say({ type: 'noteConflict', note: fake.noteElsewhere });
        } else {
          fake.noteElsewhere = null;
          current = { ...current, note: message.text };
          say({ type: 'noteSaved' });
          tellRun();
        }
        break;
      default:
        break;
    }
  }
  Object.assign(window, {
    fakeRun: fake,
    acquireVsCodeApi: () => ({
      postMessage(message: FromRun) {
        fake.sent.push(message);
        setTimeout(() => answer(message), 0);
      },
      getState: () => fake.state,
      setState(state: unknown) {
        fake.state = state;
      },
    }),
  });
}

/** What a workspace can do that has all facets: only whether they are there counts. */
const EVERYTHING = { edit: {}, code: {}, jobs: {}, registry: {} } as unknown as Parameters<
  typeof shownRun
>[2];

export function plainShownRun(run: Run, experiment = 'digits', place?: string): PlainShownRun {
  const shown = shownRun(run, experiment, EVERYTHING, place);
  const plain = Object.fromEntries(COLUMNS.map((name) => [name, Array.from(shown[name], String)]));
  return { ...shown, ...(plain as Record<Column, string[]>) };
}
