import type { ErrorData } from '../../src/base/errors.js';
import type {
  FromRun,
  NoteDraft,
  RunPanelState,
  RunPanelVerb,
  ShownRun,
  ToRun,
} from '../../src/panels/run-messages.js';
import type { Goals } from '../../src/panels/table-messages.js';
import type { CodeLine } from '../../src/panels/code-line.js';
import type { FoundFiles } from '../../src/panels/found-files.js';
import type { Curve, ModelSource, RunFile } from '../../src/workspace/types.js';
import { byCurrentKey, currentKey } from '../../src/panels/keys.js';
import type { Host } from '../shared/host.js';
import { TablesModel } from './tables-model.js';

/** What changed, so that each part of the page draws itself anew only when it must. */
export type Change = 'run' | 'view' | 'curves' | 'log' | 'files' | 'pictures' | 'tables' | 'note';

export type NoteStatus =
  | { is: 'idle' }
  | { is: 'saving' }
  /** It was changed elsewhere since the editing began, and is this now. */
  | { is: 'conflict'; note: string }
  | { is: 'failed'; message: string };

/** Rows that come into sight together are asked for together. */
const GATHER_MS = 30;

/** What the page knows of its run, and what it asks of the host. */
export class RunModel {
  run: ShownRun | undefined;
  /** What a person says that metrics are to be. */
  goals: Goals = {};
  error: ErrorData | undefined;
  found: FoundFiles | undefined;
  log: Pick<Extract<ToRun, { type: 'log' }>, 'text' | 'isCut' | 'links'> | undefined;
  noteStatus: NoteStatus = { is: 'idle' };
  /** By metric, thinned. */
  readonly curves = new Map<string, Curve>();
  /** Contents of folders that were opened. */
  readonly folders = new Map<string, RunFile[]>();
  /** By path: data URIs; null for one that cannot be shown. */
  readonly pictures = new Map<string, string | null>();

  readonly tables = new TablesModel((message) => this.#host.post(message));

  readonly #host: Host<ToRun, FromRun, RunPanelState>;
  readonly #listeners = new Set<(change: Change) => void>();
  #runId: string | undefined;
  #collapsed: ReadonlySet<string> = new Set();
  #drafts: Record<string, NoteDraft> = {};
  readonly #inSight = new Set<string>();
  /** Points that a metric had when its curve was asked for. */
  readonly #asked = new Map<string, number>();
  readonly #askedPictures = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host<ToRun, FromRun, RunPanelState>) {
    this.#host = host;
  }

  onChange(listener: (change: Change) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  start(): void {
    const { state } = this.#host;
    this.#drafts = state?.drafts ?? {};
    this.#runId = state?.runId;
    this.#host.post({ type: 'ready', runId: this.#runId });
  }

  /** Shows another run instead. */
  show(runId: string): void {
    this.#forget();
    this.#runId = runId;
    this.#tell('run');
    this.#host.post({ type: 'ready', runId });
  }

  receive(message: ToRun): void {
    switch (message.type) {
      case 'show':
        this.show(message.runId);
        break;
      case 'run':
        this.error = undefined;
        if (message.run.id !== this.#runId) this.#forget();
        this.#runId = message.run.id;
        this.run = message.run;
        this.goals = message.goals;
        this.#collapsed = new Set(message.collapsed);
        this.#keep();
        this.#fetchCurvesSoon();
        this.#noticeOtherNote();
        this.#tell('run');
        break;
      case 'points':
        for (const { key, ...curve } of message.series) this.curves.set(key, curve);
        this.#tell('curves');
        break;
      case 'log':
        this.log = message;
        this.#tell('log');
        break;
      case 'found':
        this.found = message.found;
        // What is in sight may be another by now. Pictures in cells of tables never are: each has a name of its own.
        for (const folder of this.folders.keys()) this.#host.post({ type: 'folder', folder });
        for (const { path } of message.found.pictures)
          if (this.pictures.has(path)) this.#host.post({ type: 'picture', path });
        this.tables.refresh();
        this.#tell('files');
        break;
      case 'folder':
        this.folders.set(message.folder, message.files);
        this.#tell('files');
        break;
      case 'picture':
        this.pictures.set(message.path, message.uri);
        this.#tell('pictures');
        break;
      case 'table':
        this.tables.receive(message);
        this.#tell('tables');
        break;
      case 'noteSaved':
        this.noteStatus = { is: 'idle' };
        this.#setDraft(undefined);
        break;
      case 'noteConflict':
        this.noteStatus = { is: 'conflict', note: message.note };
        this.#tell('note');
        break;
      case 'noteFailed':
        this.noteStatus = { is: 'failed', message: message.message };
        this.#tell('note');
        break;
      case 'error':
        this.error = message.error;
        this.#tell('run');
        break;
    }
  }

  act(verb: RunPanelVerb): void {
    this.#host.post({ type: 'act', verb });
  }
  openChart(metric: string): void {
    this.#host.post({ type: 'chart', metric });
  }
  openFile(path: string): void {
    this.#host.post({ type: 'open', path });
  }
  /** As lines. */
  openTable(path: string): void {
    this.#host.post({ type: 'openTable', path });
  }
  openLink(href: string): void {
    this.#host.post({ type: 'link', href });
  }
  chooseInterpreter(): void {
    this.#host.post({ type: 'chooseInterpreter' });
  }
  openLine(at: CodeLine): void {
    this.#host.post({ type: 'openLine', at });
  }
  openAsset(kind: 'environment' | 'data', name: string, version: string): void {
    this.#host.post({ type: 'openAsset', kind, name, version });
  }
  register(model: ModelSource): void {
    this.#host.post({ type: 'register', model });
  }
  copy(text: string): void {
    this.#host.post({ type: 'copy', text });
  }
  retry(): void {
    this.error = undefined;
    this.#tell('run');
    this.#host.post({ type: 'retry' });
  }
  showOutput(): void {
    this.#host.post({ type: 'showOutput' });
  }

  isOpen(section: string): boolean {
    return !this.#collapsed.has(section);
  }

  toggle(section: string): void {
    const collapsed = new Set(this.#collapsed);
    if (!collapsed.delete(section)) collapsed.add(section);
    this.#collapsed = collapsed;
    this.#host.post({ type: 'collapsed', collapsed: [...collapsed] });
    this.#tell('view');
  }

  /** Curves are asked for while their rows are in sight. */
  look(metric: string, isInSight: boolean): void {
    if (isInSight) this.#inSight.add(metric);
    else this.#inSight.delete(metric);
    if (isInSight) this.#fetchCurvesSoon();
  }

  wantLog(isWanted: boolean): void {
    this.#host.post({ type: 'log', isWanted });
  }

  wantFolder(folder: string): void {
    if (!this.folders.has(folder)) this.#host.post({ type: 'folder', folder });
  }

  wantPicture(path: string): void {
    if (this.#askedPictures.has(path)) return;
    this.#askedPictures.add(path);
    this.#host.post({ type: 'picture', path });
  }

  /** What is being written; undefined when nobody edits the note. */
  get draft(): NoteDraft | undefined {
    return this.#runId === undefined ? undefined : this.#drafts[this.#runId];
  }

  editNote(): void {
    const note = this.run?.note ?? '';
    this.noteStatus = { is: 'idle' };
    this.#setDraft({ text: note, base: note });
  }

  /** Not told: what shows the text is where it is typed. */
  typeNote(text: string): void {
    const { draft } = this;
    if (this.#runId === undefined || !draft) return;
    this.#drafts = { ...this.#drafts, [this.#runId]: { ...draft, text } };
    this.#keep();
  }

  discardNote(): void {
    this.noteStatus = { is: 'idle' };
    this.#setDraft(undefined);
  }

  /** @param isForced writes over what was changed elsewhere, which the person has seen */
  saveNote(isForced = false): void {
    const { draft, noteStatus } = this;
    if (!draft || noteStatus.is === 'saving') return;
    const base = isForced && noteStatus.is === 'conflict' ? noteStatus.note : draft.base;
    if (base !== draft.base) this.#setDraft({ ...draft, base });
    this.noteStatus = { is: 'saving' };
    this.#host.post({ type: 'saveNote', text: draft.text.trimEnd(), base });
    this.#tell('note');
  }

  /** Says at once that the note under an open editor is another by now. */
  #noticeOtherNote(): void {
    const { draft, run, noteStatus } = this;
    if (!draft || !run || noteStatus.is === 'saving') return;
    if (run.note === draft.base) {
      if (noteStatus.is === 'conflict') this.noteStatus = { is: 'idle' };
    } else this.noteStatus = { is: 'conflict', note: run.note };
  }

  #setDraft(draft: NoteDraft | undefined): void {
    if (this.#runId === undefined) return;
    const { [this.#runId]: _, ...others } = this.#drafts;
    this.#drafts = draft ? { ...others, [this.#runId]: draft } : others;
    this.#keep();
    this.#tell('note');
  }

  #keep(): void {
    this.#host.keep({
      version: 1,
      ...(this.#runId !== undefined && { runId: this.#runId }),
      drafts: this.#drafts,
    });
  }

  #fetchCurvesSoon(): void {
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#fetchCurves(), GATHER_MS);
  }

  #fetchCurves(): void {
    this.#timer = undefined;
    const { run } = this;
    if (!run) return;
    const keys = run.metrics.filter((key, i) => {
      const count = run.counts[i]!;
      if (!this.#inSight.has(key) || this.#asked.get(key) === count) return false;
      this.#asked.set(key, count);
      // One point is no curve.
      return count > 1;
    });
    if (keys.length > 0) this.#host.post({ type: 'points', keys });
  }

  #forget(): void {
    this.run = undefined;
    this.error = undefined;
    this.found = undefined;
    this.log = undefined;
    this.noteStatus = { is: 'idle' };
    this.curves.clear();
    this.folders.clear();
    this.pictures.clear();
    this.tables.forget();
    this.#inSight.clear();
    this.#asked.clear();
    this.#askedPictures.clear();
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** What is kept, by the keys of runs as they are now. */
export function currentState({ runId, drafts, ...kept }: RunPanelState): RunPanelState {
  return {
    ...kept,
    ...(runId !== undefined && { runId: currentKey(runId) }),
    drafts: byCurrentKey(drafts),
  };
}
