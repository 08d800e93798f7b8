import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ErrorData } from '../../src/base/errors.js';
import type {
  ChangedFile,
  ComparedRun,
  CompareState,
  FromCompare,
  ToCompare,
} from '../../src/extension/panels/compare-messages.js';
import { segmented } from '../controls/segmented.js';
import { formatDuration, formatTime, formatValue } from '../shared/format.js';
import type { Host } from '../shared/host.js';
import { RUN_STATES } from '../shared/run-state.js';
import { deltaOf, formatDelta, formatRelative } from './delta.js';
import { fileRows, type MetricRow, metricRows, type TextRow, textRows } from './rows.js';
import { type Part, sentenceOf } from './sentence.js';

const WHICH = [
  { value: 'differing', label: 'Differing', title: 'Only what is not the same in all runs' },
  { value: 'all', label: 'All', title: 'Also what is the same in all runs' },
] as const;
const STATUS: Record<ChangedFile['status'], string> = {
  added: 'A',
  modified: 'M',
  deleted: 'D',
  renamed: 'R',
  'type-changed': 'T',
};

/** The page: what changed in a sentence, then all of it side by side. */
export class TyCompare extends LitElement {
  static override properties = {
    runs: { state: true },
    error: { state: true },
    showAll: { state: true },
    code: { state: true },
    pictures: { state: true },
  };
  declare host: Host<ToCompare, FromCompare, CompareState>;
  declare runs: readonly ComparedRun[] | undefined;
  declare error: ErrorData | undefined;
  declare showAll: boolean;
  /** By run: the files that differ from the first, or why that is not known. */
  declare code: ReadonlyMap<string, Extract<ToCompare, { type: 'code' }>>;
  declare pictures: ReadonlyMap<string, Readonly<Record<string, string>>>;
  #subscription: { dispose(): void } | undefined;

  constructor() {
    super();
    this.showAll = false;
    this.code = new Map();
    this.pictures = new Map();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { state } = this.host;
    this.showAll = state?.showAll ?? false;
    this.#subscription = this.host.onMessage((message) => this.#receive(message));
    this.host.post({ type: 'ready', runIds: state?.runIds ?? [] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#subscription?.dispose();
  }

  #receive(message: ToCompare): void {
    switch (message.type) {
      case 'runs':
        this.error = undefined;
        this.runs = message.runs;
        this.#keep();
        break;
      case 'code':
        this.code = new Map(this.code).set(message.runId, message);
        break;
      case 'pictures':
        this.pictures = new Map(this.pictures).set(message.runId, message.pictures);
        break;
      case 'error':
        this.error = message.error;
        break;
    }
  }

  #keep(): void {
    const runIds = this.runs?.map(({ id }) => id) ?? this.host.state?.runIds ?? [];
    this.host.keep({ version: 1, runIds, showAll: this.showAll });
  }

  #show(runIds: string[]): void {
    // Differences from another first run are other differences.
    this.code = new Map();
    this.host.post({ type: 'show', runIds });
  }

  protected override render(): TemplateResult {
    const { runs, error } = this;
    if (error) return this.#failure(error);
    if (!runs) return message('loading', 'Loading runs…');
    const [first, ...others] = runs;
    if (!first || others.length === 0)
      return message(
        'git-compare',
        'Nothing to compare',
        'Select two or more runs in the Runs view or the runs table, and choose Compare Runs.',
      );
    return html`
      <header>
        <ul class="sentences" aria-label="What changed">
          ${others.map((other) => this.#sentence(first, other, others.length > 1))}
        </ul>
        <div class="tools">
          ${segmented({
            name: 'which',
            label: 'Show',
            options: WHICH,
            value: this.showAll ? 'all' : 'differing',
            onChange: (value) => {
              this.showAll = value === 'all';
              this.#keep();
            },
          })}
          <vscode-button
            appearance="secondary"
            @click=${() => this.host.post({ type: 'charts', runIds: runs.map(({ id }) => id) })}
            >Show Charts</vscode-button
          >
        </div>
      </header>
      <div class="sheet" tabindex="0" role="region" aria-label="Comparison">
        <table>
          <thead>
            <tr>
              <th scope="col"><span class="visually-hidden">What</span></th>
              ${runs.map((run, i) => this.#heading(run, i, runs))}
            </tr>
          </thead>
          ${this.#metrics(runs)}
          ${this.#texts(
            'Params',
            textRows(runs, ({ params }) => params),
            runs,
          )}
          ${this.#codes(first, others)} ${this.#texts('Run', factRows(runs), runs)}
          ${this.#texts(
            'Tags',
            textRows(runs, ({ tags }) => tags),
            runs,
          )}
          ${this.#images(runs)}
        </table>
      </div>
    `;
  }

  #sentence(first: ComparedRun, other: ComparedRun, isNamed: boolean): TemplateResult {
    const parts = sentenceOf(first, other, this.code.get(other.id)?.files ?? undefined);
    return html`<li>
      ${isNamed ? html`<span class="whose">${dot(other)}${other.name}</span>` : nothing}
      <span>${parts.map(partOf)}</span>
    </li>`;
  }

  #heading(run: ComparedRun, i: number, runs: readonly ComparedRun[]): TemplateResult {
    const state = RUN_STATES[run.state];
    const others = runs.filter((other) => other !== run);
    const ids = others.map(({ id }) => id);
    return html`<th scope="col">
      <div class="run">
        ${dot(run)}<span class="run-name" title=${run.name}>${run.name}</span>
        <span class="icon icon-${state.icon} tone-${state.tone}" role="img" aria-label=${state.label}></span>
      </div>
      <div class="run-tools">
        ${
          i === 0
            ? html`<span class="baseline">Baseline</span>`
            : html`<button
                class="link"
                title="Compare the others with ${run.name}"
                @click=${() => this.#show([run.id, ...ids])}
              >
                Make baseline
              </button>`
        }
        ${
          runs.length > 2
            ? html`<button
                class="link"
                aria-label="Remove ${run.name}"
                title="Remove from the comparison"
                @click=${() => this.#show(ids)}
              >
                Remove
              </button>`
            : nothing
        }
      </div>
    </th>`;
  }

  #metrics(runs: readonly ComparedRun[]): TemplateResult {
    const rows = metricRows(runs);
    return this.#section('Metrics', rows, runs, (row) => metricRow(row));
  }

  #texts(title: string, rows: readonly TextRow[], runs: readonly ComparedRun[]): TemplateResult {
    return this.#section(
      title,
      rows,
      runs,
      ({ name, values }) =>
        html`<tr>
          <th scope="row">${name}</th>
          ${values.map(
            (value) =>
              html`<td class=${value !== values[0] ? 'changed' : ''} title=${value ?? ''}>
                ${value === undefined ? none() : html`<span class="text">${value}</span>`}
              </td>`,
          )}
        </tr>`,
    );
  }

  /** A section without a row that is to be shown says so in one line; one without any row is left out. */
  #section<Row extends { differs: boolean }>(
    title: string,
    rows: readonly Row[],
    runs: readonly ComparedRun[],
    draw: (row: Row) => TemplateResult,
  ): TemplateResult {
    if (rows.length === 0) return html``;
    const shown = this.showAll ? rows : rows.filter(({ differs }) => differs);
    const same = rows.length - shown.length;
    // When and where a run was always differs, and tells little.
    return html`<tbody class=${title === 'Run' ? '' : 'marked'}>
      <tr class="section">
        <th scope="rowgroup" colspan=${runs.length + 1}>
          ${title}
          ${same > 0 ? html`<span class="count">${shown.length === 0 ? `the same in all (${same})` : `${same} the same`}</span>` : nothing}
        </th>
      </tr>
      ${shown.map(draw)}
    </tbody>`;
  }

  #codes(first: ComparedRun, others: readonly ComparedRun[]): TemplateResult {
    const told = others.map(({ id }) => this.code.get(id));
    const rows = fileRows(told.map((code) => code?.files ?? undefined));
    return html`<tbody>
      <tr class="section">
        <th scope="rowgroup" colspan=${others.length + 2}>Code</th>
      </tr>
      <tr>
        <th scope="row">Files that differ</th>
        <td>${none()}</td>
        ${told.map((code, i) => html`<td>${this.#codeCell(code, others[i]!)}</td>`)}
      </tr>
      ${rows.map(
        ({ path, files }) =>
          html`<tr>
            <th scope="row" class="path" title=${path}>${path}</th>
            <td>${none()}</td>
            ${files.map(
              (file, i) =>
                html`<td>
                  ${
                    file
                      ? html`<button
                          class="link file"
                          title="Compare ${path} of ${first.name} with that of ${others[i]!.name}"
                          @click=${() => this.host.post({ type: 'openCode', runId: others[i]!.id, path })}
                        >
                          ${STATUS[file.status]} ${countsOf(file.additions, file.deletions)}
                        </button>`
                      : none()
                  }
                </td>`,
            )}
          </tr>`,
      )}
    </tbody>`;
  }

  #codeCell(code: Extract<ToCompare, { type: 'code' }> | undefined, other: ComparedRun): TemplateResult {
    if (!code) return html`<span class="muted">comparing…</span>`;
    if (!code.files)
      return html`<span class="muted" title=${code.problem ?? ''}
        >${code.problem === 'not kept' ? 'Code is not kept' : 'Cannot be compared'}</span
      >`;
    if (code.files.length === 0) return html`<span class="muted">same code</span>`;
    const sum = (of: (file: ChangedFile) => number | null) =>
      code.files!.reduce((total, file) => total + (of(file) ?? 0), 0);
    return html`<button
      class="link file"
      title="Compare all files"
      @click=${() => this.host.post({ type: 'openCode', runId: other.id })}
    >
      ${code.files.length}
      ${countsOf(
        sum(({ additions }) => additions),
        sum(({ deletions }) => deletions),
      )}
    </button>`;
  }

  #images(runs: readonly ComparedRun[]): TemplateResult | typeof nothing {
    const paths = [...new Set(runs.flatMap(({ id }) => Object.keys(this.pictures.get(id) ?? {})))].sort();
    if (paths.length === 0) return nothing;
    return html`<tbody>
      <tr class="section">
        <th scope="rowgroup" colspan=${runs.length + 1}>Pictures</th>
      </tr>
      ${paths.map(
        (path) =>
          html`<tr>
            <th scope="row" class="path" title=${path}>${path}</th>
            ${runs.map((run) => {
              const source = this.pictures.get(run.id)?.[path];
              return html`<td>
                ${source ? html`<img src=${source} alt="${path} of ${run.name}" />` : none()}
              </td>`;
            })}
          </tr>`,
      )}
    </tbody>`;
  }

  #failure(error: ErrorData): TemplateResult {
    return html`<div class="empty bad" role="alert">
      <span class="icon icon-error"></span>
      <p>${error.message}</p>
      <p class="hint">${error.hint ?? ''}</p>
      <div class="actions">
        <vscode-button
          @click=${() => {
            this.error = undefined;
            this.host.post({ type: 'ready', runIds: this.host.state?.runIds ?? [] });
          }}
          >Retry</vscode-button
        >
        <vscode-button appearance="secondary" @click=${() => this.host.post({ type: 'showOutput' })}
          >Show Log</vscode-button
        >
      </div>
    </div>`;
  }
}

function metricRow({ name, goal, values, best }: MetricRow): TemplateResult {
  const hint = { lower: 'Lower is better', higher: 'Higher is better', unknown: '' }[goal];
  return html`<tr>
    <th scope="row" title=${hint}>
      ${name}
      ${
        goal === 'unknown'
          ? nothing
          : html`<span
              class="icon icon-arrow-${goal === 'lower' ? 'down' : 'up'} muted"
              role="img"
              aria-label=${hint}
            ></span>`
      }
    </th>
    ${values.map((value, i) => {
      const delta = i === 0 ? undefined : deltaOf(values[0], value, goal);
      return html`<td class="number">
        ${value === undefined ? none() : html`<span class=${i === best ? 'best' : ''}>${formatValue(value)}</span>`}
        ${
          delta
            ? html`<span class="delta ${delta.verdict}"
                >${formatDelta(delta)}<span class="relative">${formatRelative(delta)}</span
                ><span class="visually-hidden"
                  >${delta.verdict === 'unknown' ? '' : delta.verdict}</span
                ></span
              >`
            : nothing
        }
      </td>`;
    })}
  </tr>`;
}

function factRows(runs: readonly ComparedRun[]): TextRow[] {
  const of = (run: ComparedRun): Record<string, string> => ({
    State: RUN_STATES[run.state].label,
    Started: formatTime(run.startTime),
    ...(run.duration !== null && { Duration: formatDuration(run.duration / 1000) }),
    ...Object.fromEntries(run.facts),
  });
  const names = ['State', 'Started', 'Duration', ...runs.flatMap(({ facts }) => facts.map(([name]) => name))];
  return textRows(runs, of, [...new Set(names)]);
}

function partOf({ text, isName, verdict }: Part): TemplateResult | string {
  if (isName) return html`<code>${text}</code>`;
  return verdict ? html`<span class="delta ${verdict}">${text}</span>` : text;
}

function countsOf(additions: number | null, deletions: number | null): TemplateResult {
  if (additions === null || deletions === null) return html`<span class="muted">binary</span>`;
  return html`<span class="added">+${additions}</span> <span class="removed">−${deletions}</span>`;
}

function dot({ number }: ComparedRun): TemplateResult {
  return html`<i class="dot run-${((number % 10) + 10) % 10}"></i>`;
}

function none(): TemplateResult {
  return html`<span class="muted" aria-label="none">–</span>`;
}

function message(icon: string, title: string, hint = ''): TemplateResult {
  return html`<div class="empty" role="status">
    <span class="icon icon-${icon}"></span>
    <p>${title}</p>
    <p class="hint">${hint}</p>
  </div>`;
}

customElements.define('ty-compare', TyCompare);
