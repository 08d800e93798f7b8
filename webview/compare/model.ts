import type { ErrorData } from '../../src/base/errors.js';
import type {
  ComparedRun,
  CompareState,
  FromCompare,
  RelationsState,
  ToCompare,
} from '../../src/panels/compare-messages.js';
import type { Goals } from '../../src/panels/table-messages.js';
import type { Points } from '../../src/workspace/types.js';
import { currentKey } from '../../src/panels/keys.js';
import type { ShownWorkspace } from '../../src/panels/shown-workspace.js';
import type { Host } from '../shared/host.js';

export type CodeMessage = Extract<ToCompare, { type: 'code' }>;
type FilesMessage = Extract<ToCompare, { type: 'files' }>;
type Details = Extract<ToCompare, { type: 'details' }>;
export type View = 'sheet' | 'relations';
/** `highlight`: only which run is pointed at. */
type What = 'all' | 'highlight';

/** What the page knows, and what a person made of it. */
export class CompareModel {
  runs: readonly ComparedRun[] | undefined;
  error: ErrorData | undefined;
  /** Those of which runs are missing. */
  workspaces: readonly ShownWorkspace[] = [];
  /** So many of the runs stand side by side. */
  detailed = Infinity;
  /** Metrics whose curves differ. */
  curves: readonly string[] = [];
  /** What a person says that metrics are to be. */
  goals: Goals = {};
  /** By run: the files that differ from the first, or why that is not known. */
  code: ReadonlyMap<string, CodeMessage> = new Map();
  details: ReadonlyMap<string, Details> = new Map();
  files: ReadonlyMap<string, FilesMessage> = new Map();
  pictures: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map();
  showAll = false;
  wipes = false;
  relations: RelationsState = {};
  highlighted: string | undefined;
  /** The runs that were compared before some of them were chosen. */
  wider: readonly string[] | undefined;
  readonly #host: Host<ToCompare, FromCompare, CompareState>;
  readonly #listeners = new Set<(what: What) => void>();
  readonly #questions = new Map<number, (points: Points[] | null) => void>();
  #asked = 0;
  #view: View | undefined;

  constructor(host: Host<ToCompare, FromCompare, CompareState>) {
    this.#host = host;
    const { state } = host;
    this.showAll = state?.showAll ?? false;
    this.wipes = state?.wipes ?? false;
    this.relations = state?.relations ?? {};
    this.#view = state?.view;
  }

  /** Takes part in the talk with the host until disposed. */
  connect(): { dispose(): void } {
    const subscription = this.#host.onMessage((message) => this.#receive(message));
    this.retry();
    return subscription;
  }

  onChange(listener: (what: What) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Those that stand side by side. */
  get shown(): readonly ComparedRun[] {
    return this.runs?.slice(0, this.detailed) ?? [];
  }

  /** Three runs are the first of which more can be asked than what differs. */
  get hasRelations(): boolean {
    return (this.runs?.length ?? 0) > 2;
  }

  /** What nobody chose follows from how many runs there are. */
  get view(): View {
    if (!this.hasRelations) return 'sheet';
    return this.#view ?? (this.runs!.length > this.detailed ? 'relations' : 'sheet');
  }

  retry(): void {
    this.error = undefined;
    this.post({ type: 'ready', runIds: this.#host.state?.runIds ?? [] });
    this.#tell();
  }

  post(message: FromCompare): void {
    this.#host.post(message);
  }

  show(runIds: string[]): void {
    // Differences from another first run are other differences.
    this.code = new Map();
    this.post({ type: 'show', runIds });
  }

  /** Compares some of the runs, until all are wanted back. */
  narrow(runIds: string[]): void {
    this.wider ??= this.runs!.map(({ id }) => id);
    this.set({ view: runIds.length > this.detailed ? 'relations' : 'sheet' });
    this.show(runIds);
  }

  widen(): void {
    const { wider } = this;
    if (!wider) return;
    this.wider = undefined;
    this.set({ view: 'relations' });
    this.show([...wider]);
  }

  /** Sets what a person chose, and keeps it. */
  set(changes: Partial<Pick<CompareModel, 'showAll' | 'wipes' | 'relations'> & { view: View }>): void {
    const { view, ...rest } = changes;
    if (view) this.#view = view;
    Object.assign(this, rest);
    this.#keep();
    this.#tell();
  }

  highlight(runId: string | undefined): void {
    if (runId === this.highlighted) return;
    this.highlighted = runId;
    for (const listener of this.#listeners) listener('highlight');
  }

  /** The curve of a metric in each of the runs; null when it cannot be had. */
  fetch(key: string, runIds: string[], maxPoints: number): Promise<Points[] | null> {
    const id = ++this.#asked;
    return new Promise((resolve) => {
      this.#questions.set(id, resolve);
      this.post({ type: 'fetch', id, runIds, key, maxPoints });
    });
  }

  #receive(message: ToCompare): void {
    switch (message.type) {
      case 'runs':
        this.error = undefined;
        // Differences from another first run are other differences.
        if (this.runs?.[0]?.id !== message.runs[0]?.id) this.code = new Map();
        this.runs = message.runs;
        this.workspaces = message.workspaces;
        this.detailed = message.detailed;
        this.curves = message.curves;
        this.goals = message.goals;
        this.#keep();
        break;
      case 'changed': {
        const byId = new Map(message.runs.map((run) => [run.id, run]));
        this.runs = this.runs?.map((run) => byId.get(run.id) ?? run);
        this.curves = message.curves;
        break;
      }
      case 'goals':
        this.goals = message.goals;
        break;
      case 'code':
        this.code = new Map(this.code).set(message.runId, message);
        break;
      case 'details':
        this.details = new Map(this.details).set(message.runId, message);
        break;
      case 'files':
        this.files = new Map(this.files).set(message.runId, message);
        break;
      case 'pictures':
        this.pictures = new Map(this.pictures).set(message.runId, message.pictures);
        break;
      case 'points':
        this.#questions.get(message.id)?.(message.points);
        this.#questions.delete(message.id);
        return;
      case 'error':
        this.error = message.error;
        break;
    }
    this.#tell();
  }

  #keep(): void {
    const { showAll, wipes, relations } = this;
    const runIds = this.runs?.map(({ id }) => id) ?? this.#host.state?.runIds ?? [];
    const view = this.#view && { view: this.#view };
    this.#host.keep({ version: 1, runIds, showAll, wipes, relations, ...view });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener('all');
  }
}

/** What is kept, by the keys of runs as they are now. */
export function currentState(kept: CompareState): CompareState {
  return { ...kept, runIds: kept.runIds.map(currentKey) };
}
