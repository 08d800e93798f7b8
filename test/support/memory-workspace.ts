import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { TrainyardError } from '../../src/base/errors.js';
import { ANONYMOUS, anonymousVersion, digestOf } from '../../src/job/environment/digest.js';
import type { JobSpec, MetricPattern } from '../../src/job/spec.js';
import { checkAsset } from '../../src/server/data/check-asset.js';
import type { Facet } from '../../src/workspace/facets.js';
import {
  ACTIVE_STATES,
  type CodeDiff,
  type Compute,
  type DataAsset,
  type EnvironmentVersion,
  type Experiment,
  type Lifecycle,
  type Model,
  type ModelPage,
  type ModelQuery,
  type ModelSource,
  type Points,
  type PointsRequest,
  type Run,
  type RunFile,
  type RunPage,
  type RunPart,
  type RunQuery,
  type WorkspaceEvent,
} from '../../src/workspace/types.js';
import type {
  Code,
  Data,
  Edit,
  Environments,
  Jobs,
  Purge,
  Registry,
  Workspace,
} from '../../src/workspace/workspace.js';
import { matches, sorted } from './memory-search.js';

export interface MemoryOptions {
  id?: string;
  label?: string;
  /** Facets that it is to lack. */
  lacks?: readonly Facet[];
}

interface Point {
  step: number;
  time: number;
  value: number;
}

/**
 * A whole workspace in memory, for tests of what stands on one. Everything is done at once, and told at once: an event
 * for each change. `asked` names the questions, such as `run a`, `runs 1,2`; with a `failure` all questions fail.
 */
export class MemoryWorkspace implements Workspace {
  readonly kind = 'memory';
  readonly id: string;
  readonly label: string;
  readonly all = new Map<string, Run>();
  readonly asked: string[] = [];
  readonly queries: RunQuery[] = [];
  readonly listeners = new Set<(event: WorkspaceEvent) => void>();
  readonly edit: Edit | undefined;
  readonly purge: Purge | undefined;
  readonly code: Code | undefined;
  readonly jobs: Jobs | undefined;
  readonly registry: Registry | undefined;
  readonly environments: Environments | undefined;
  readonly data: Data | undefined;
  failure: Error | undefined;
  readonly #experiments = new Map<string, Experiment>();
  readonly #points = new Map<string, Point[]>();
  readonly #files = new Map<string, Map<string, Uint8Array>>();
  readonly #code = new Map<string, Map<string, Uint8Array>>();
  readonly #specs = new Map<string, JobSpec>();
  readonly #logs = new Map<string, Uint8Array[]>();
  readonly #models: Model[] = [];
  /** The newest first. */
  readonly #environments: EnvironmentVersion[] = [];
  /** The newest first. */
  readonly #data: DataAsset[] = [];
  readonly #deletedAt = new Map<string, number>();
  readonly #written = new Set<() => void>();

  constructor({ id = 'memory', label = 'Memory', lacks = [] }: MemoryOptions = {}) {
    this.id = id;
    this.label = label;
    const has = <T>(facet: Facet, make: () => T) => (lacks.includes(facet) ? undefined : make());
    this.edit = has('edit', () => this.#makeEdit());
    this.purge = has('purge', () => this.#makePurge());
    this.code = has('code', () => this.#makeCode());
    this.jobs = has('jobs', () => this.#makeJobs());
    this.registry = has('registry', () => this.#makeRegistry());
    this.environments = has('environments', () => this.#makeEnvironments());
    this.data = has('data', () => this.#makeData());
  }

  /** Puts an experiment in, or another in its place. */
  experiment(id: string, more: Partial<Experiment> = {}): Experiment {
    const plain = { id, name: `e${id}`, lifecycle: 'active', createdAt: 0, updatedAt: 0, tags: {} } as const;
    const experiment: Experiment = { ...plain, ...more };
    this.#experiments.set(id, experiment);
    return experiment;
  }

  /** Puts a run in, or another in its place; tells nobody. */
  put(id: string, more: Partial<Run> = {}): Run {
    const run: Run = {
      id,
      workspace: this.id,
      number: this.all.get(id)?.number ?? this.all.size + 1,
      experimentId: '0',
      name: id,
      state: 'finished',
      lifecycle: 'active',
      user: 'ada',
      startTime: 0,
      metrics: {},
      params: {},
      tags: {},
      ...more,
    };
    this.all.set(id, run);
    return run;
  }

  /** Logs points of a metric, in this order. */
  logMetric(runId: string, key: string, values: readonly number[], firstStep = 0): void {
    const at = (i: number) => ({ step: firstStep + i, time: firstStep + i });
    this.logPoints(
      runId,
      key,
      values.map((value, i) => ({ ...at(i), value })),
    );
  }

  logPoints(runId: string, key: string, points: readonly Point[]): void {
    const series = [...(this.#points.get(`${runId}/${key}`) ?? []), ...points];
    this.#points.set(`${runId}/${key}`, series);
    const last = series.reduce((newest, point) => (point.step >= newest.step ? point : newest));
    const finite = series.map(({ value }) => value).filter(Number.isFinite);
    const run = this.#found(runId);
    run.metrics = {
      ...run.metrics,
      [key]: {
        value: last.value,
        step: last.step,
        timestamp: last.time,
        count: series.length,
        min: finite.length > 0 ? Math.min(...finite) : NaN,
        max: finite.length > 0 ? Math.max(...finite) : NaN,
      },
    };
    this.changed(runId, 'metrics');
  }

  writeFile(runId: string, name: string, content: string | Uint8Array): void {
    put(this.#files, runId, name, bytesOf(content));
    this.changed(runId, 'files');
  }

  writeCode(runId: string, name: string, content: string | Uint8Array): void {
    put(this.#code, runId, name, bytesOf(content));
  }

  /** What the job of a run prints next. */
  print(runId: string, text: string): void {
    const log = this.#logs.get(runId) ?? [];
    log.push(bytesOf(text));
    this.#logs.set(runId, log);
    for (const wake of this.#written) wake();
    this.changed(runId, 'log');
  }

  model(model: Partial<Model> & Pick<Model, 'id' | 'kind'>): Model {
    const plain = { name: model.id, state: 'ready', createdAt: this.#models.length } as const;
    const whole: Model = { ...plain, tags: {}, params: {}, metrics: {}, versions: [], ...model };
    this.#models.push(whole);
    this.tell({ type: 'models' });
    return whole;
  }

  tell(event: WorkspaceEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  changed(runId: string, ...parts: RunPart[]): void {
    const experimentId = this.all.get(runId)?.experimentId ?? '0';
    this.tell({ type: 'run', runId, experimentId, parts });
  }

  async experiments(signal?: AbortSignal, lifecycle: Lifecycle | 'all' = 'active'): Promise<Experiment[]> {
    this.#ask('experiments', signal);
    return [...this.#experiments.values()]
      .filter((experiment) => lifecycle === 'all' || experiment.lifecycle === lifecycle)
      .map((experiment) => ({ ...experiment }));
  }

  async runs(query: RunQuery, signal?: AbortSignal): Promise<RunPage> {
    this.queries.push(query);
    this.#ask(`runs ${query.experimentIds?.join() ?? 'all'}`, signal);
    const { experimentIds, filter, commit, lifecycle = 'active', limit = 100, page, orderBy = [] } = query;
    requireOnce(orderBy);
    // A filter that is wrong is so without a run, too.
    matches(NOBODY, filter ?? '');
    const found = [...this.all.values()].filter(
      (run) =>
        (lifecycle === 'all' || run.lifecycle === lifecycle) &&
        (!experimentIds || experimentIds.includes(run.experimentId)) &&
        (commit === undefined || run.code?.head === commit) &&
        matches(run, filter ?? ''),
    );
    const all = sorted(found, orderBy);
    // After the last of the page before: a run that begins meanwhile pushes none on.
    const from = page === undefined ? 0 : all.findIndex(({ id }) => id === page) + 1;
    if (page !== undefined && from === 0)
      throw new TrainyardError('BAD_REQUEST', `There is no page ${page}.`);
    const runs = all
      .slice(from, from + limit)
      .map(({ inputs: _, models: __, environment: ___, ...run }) => run);
    // The question may be given up while it is answered.
    await Promise.resolve();
    signal?.throwIfAborted();
    return { runs, ...(from + limit < all.length && { nextPage: runs.at(-1)!.id }) };
  }

  async run(id: string, signal?: AbortSignal): Promise<Run> {
    this.#ask(`run ${id}`, signal);
    return { ...this.#found(id) };
  }

  async points(requests: PointsRequest[], maxPoints: number, signal?: AbortSignal): Promise<Points[]> {
    this.#ask(`points ${requests.map(({ runId, key }) => `${runId}/${key}`).join()}`, signal);
    return requests.map((request) => this.#stretch(request, maxPoints));
  }

  async files(runId: string, folder: string, signal?: AbortSignal): Promise<RunFile[]> {
    this.#ask(`files ${runId} ${folder}`, signal);
    this.#found(runId);
    const own = this.#files.get(runId);
    return childrenOf(own, folder).map((child) =>
      child.isFolder ? child : { ...child, sha256: sha256(contentOf(own, child.path)) },
    );
  }

  async readFile(
    runId: string,
    name: string,
    signal?: AbortSignal,
    mostBytes = Infinity,
  ): Promise<Uint8Array> {
    this.#ask(`file ${runId} ${name}`, signal);
    this.#found(runId);
    return contentOf(this.#files.get(runId), name).subarray(0, mostBytes);
  }

  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  #ask(question: string, signal?: AbortSignal): void {
    signal?.throwIfAborted();
    this.asked.push(question);
    if (this.failure) throw this.failure;
  }

  #found(id: string): Run {
    const run = this.all.get(id);
    if (!run) throw new TrainyardError('NOT_FOUND', `There is no run ${id}.`);
    return run;
  }

  /** First, least, greatest and last of each bucket where there are more than wanted. */
  #stretch(
    { runId, key, from, fromStep = -Infinity, toStep = Infinity }: PointsRequest,
    most: number,
  ): Points {
    const series = this.#points.get(`${runId}/${key}`) ?? [];
    const wanted = series.slice(from).filter(({ step }) => step >= fromStep && step <= toStep);
    const reduced = wanted.length > most;
    const size = reduced ? Math.ceil((4 * wanted.length) / Math.max(most, 4)) : 1;
    const points = wanted.flatMap((point, at) => {
      if (at % size !== 0) return [];
      const bucket = wanted.slice(at, at + size);
      const by = (better: (a: Point, b: Point) => boolean) => bucket.reduce((a, b) => (better(b, a) ? b : a));
      const kept = new Set([
        point,
        by((a, b) => a.value < b.value),
        by((a, b) => a.value > b.value),
        bucket.at(-1)!,
      ]);
      return bucket.filter((each) => kept.has(each));
    });
    return {
      runId,
      key,
      total: series.length,
      reduced,
      steps: Float64Array.from(points, ({ step }) => step),
      times: Float64Array.from(points, ({ time }) => time),
      values: Float64Array.from(points, ({ value }) => value),
    };
  }

  #change(runId: string, part: RunPart, more: Partial<Run>): void {
    Object.assign(this.#found(runId), more);
    this.changed(runId, part);
  }

  #setLifecycle(runId: string, lifecycle: Lifecycle): void {
    const { job, state } = this.#found(runId);
    if (lifecycle === 'deleted' && job && ACTIVE_STATES.includes(state))
      throw new TrainyardError('CONFLICT', 'The run is active.');
    if (lifecycle === 'deleted') this.#deletedAt.set(runId, Date.now());
    this.#change(runId, 'state', { lifecycle });
  }

  #makeEdit(): Edit {
    const setExperiment = async (id: string, lifecycle: Lifecycle) => {
      this.#ask(`${lifecycle} experiment ${id}`);
      const experiment = this.#experiments.get(id);
      if (!experiment) throw new TrainyardError('NOT_FOUND', `There is no experiment ${id}.`);
      const own = [...this.all.values()].filter((run) => run.experimentId === id);
      if (lifecycle === 'deleted' && own.some(({ job, state }) => job && ACTIVE_STATES.includes(state)))
        throw new TrainyardError('CONFLICT', 'A run of the experiment is active.');
      experiment.lifecycle = lifecycle;
      for (const run of own) this.#setLifecycle(run.id, lifecycle);
      this.tell({ type: 'experiments' });
    };
    return {
      rename: async (runId, name) => {
        this.#ask(`rename ${runId}`);
        this.#change(runId, 'tags', { name });
      },
      tag: async (runId, tags) => {
        this.#ask(`tag ${runId}`);
        const all = { ...this.#found(runId).tags, ...tags };
        const kept = Object.entries(all).filter((tag): tag is [string, string] => tag[1] !== null);
        this.#change(runId, 'tags', { tags: Object.fromEntries(kept) });
      },
      end: async (runId) => {
        this.#ask(`end ${runId}`);
        if (this.#found(runId).job) throw new TrainyardError('BAD_REQUEST', 'The run is one of a job.');
        const { metrics, startTime } = this.#found(runId);
        const endTime = Math.max(startTime, ...Object.values(metrics).map(({ timestamp }) => timestamp));
        this.#change(runId, 'state', { state: 'failed', endTime });
      },
      delete: async (runIds) => {
        this.#ask(`delete ${runIds.join()}`);
        for (const id of runIds) this.#setLifecycle(id, 'deleted');
      },
      undelete: async (runIds) => {
        this.#ask(`undelete ${runIds.join()}`);
        for (const id of runIds) this.#setLifecycle(id, 'active');
      },
      deleteExperiment: (id) => setExperiment(id, 'deleted'),
      restoreExperiment: (id) => setExperiment(id, 'active'),
    };
  }

  #makePurge(): Purge {
    const deleted = (before: number) =>
      [...this.all.values()].filter(
        ({ id, lifecycle }) => lifecycle === 'deleted' && (this.#deletedAt.get(id) ?? 0) <= before,
      );
    return {
      preview: async (before = Date.now(), signal) => {
        this.#ask('preview purge', signal);
        const runs = deleted(before).length;
        const kept = { active: 0, registered: 0, needed: 0 };
        return { before, runs, models: 0, experiments: 0, bytes: 0, kept };
      },
      run: async (before, onStep, signal) => {
        this.#ask('purge', signal);
        const runs = deleted(before);
        for (const { id } of runs) this.all.delete(id);
        const step = { runs: runs.length, models: 0, experiments: 0, bytes: 0, done: true };
        onStep?.(step);
        return step;
      },
    };
  }

  #makeCode(): Code {
    return {
      files: async (runId, folder, signal) => {
        this.#ask(`code ${runId} ${folder}`, signal);
        return childrenOf(this.#codeOf(runId), folder);
      },
      read: async (runId, name, signal) => {
        this.#ask(`code file ${runId} ${name}`, signal);
        return contentOf(this.#codeOf(runId), name);
      },
      diff: async (runId, other, signal) => {
        this.#ask(`diff ${runId} ${other}`, signal);
        const to = other === 'folder' ? new Map<string, Uint8Array>() : this.#codeOf(other);
        return diffOf(runId, this.#codeOf(runId), other === 'folder' ? null : other, to);
      },
      restore: async (runId, folder, signal) => {
        this.#ask(`restore ${runId}`, signal);
        for (const [name, content] of this.#codeOf(runId)) {
          const file = path.join(folder, ...name.split('/'));
          await fs.mkdir(path.dirname(file), { recursive: true });
          await fs.writeFile(file, content);
        }
      },
    };
  }

  #codeOf(runId: string): ReadonlyMap<string, Uint8Array> {
    this.#found(runId);
    const code = this.#code.get(runId);
    if (!code) throw new TrainyardError('NOT_FOUND', 'The code of this run was not kept.');
    return code;
  }

  #makeJobs(): Jobs {
    return {
      submit: async (spec, _options, signal) => {
        this.#ask(`submit ${spec.command.join(' ')}`, signal);
        const known = [...this.#experiments.values()].find(({ name }) => name === spec.experiment);
        const experiment =
          known ??
          this.experiment(String(this.#experiments.size + 1), { name: spec.experiment ?? 'default' });
        const id = randomUUID().replaceAll('-', '');
        const job = {
          runId: id,
          target: spec.target ?? 'local',
          command: [...spec.command],
          workingFolder: '',
          exitCode: null,
          queuedAt: Date.now(),
        };
        const run = this.put(id, {
          experimentId: experiment.id,
          state: 'queued',
          startTime: Date.now(),
          job,
        });
        this.#specs.set(id, structuredClone(spec));
        this.changed(id, 'state');
        return { ...run };
      },
      cancel: async (runId) => {
        this.#ask(`cancel ${runId}`);
        if (!ACTIVE_STATES.includes(this.#found(runId).state))
          throw new TrainyardError('NOT_RUNNING', 'The run has ended.');
        this.#change(runId, 'state', { state: 'cancelled', endTime: Date.now() });
      },
      log: (runId, options, signal) => this.#follow(runId, options, signal),
      spec: async (runId, signal) => {
        this.#ask(`spec ${runId}`, signal);
        const spec = this.#specs.get(this.#found(runId).job?.runId ?? runId);
        if (!spec) throw new TrainyardError('NOT_SUPPORTED', 'The run is none of a job.');
        return structuredClone(spec);
      },
      addPatterns: async (runId, patterns) => {
        this.#ask(`patterns ${runId}`);
        const { job } = this.#found(runId);
        if (!job) throw new TrainyardError('BAD_REQUEST', 'The run is none of a job.');
        job.metrics = [...(job.metrics ?? []), ...(patterns as MetricPattern[])];
      },
      compute: async (signal) => {
        this.#ask('compute', signal);
        const ids = (...states: Run['state'][]) =>
          [...this.all.values()]
            .filter(({ job, state }) => job && states.includes(state))
            .map(({ id }) => id);
        const local: Compute = {
          name: 'local',
          kind: 'process',
          label: 'Memory',
          detail: '',
          ready: true,
          running: ids('preparing', 'running'),
          queued: ids('queued'),
          collecting: ids('collecting'),
          slots: 1,
        };
        return [local];
      },
    };
  }

  async *#follow(
    runId: string,
    { from = 0, follow = false }: { from?: number; follow?: boolean },
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    this.#ask(`log ${runId} ${from}`, signal);
    const { id } = this.#found(this.#found(runId).job?.runId ?? runId);
    const whole = () => Buffer.concat(this.#logs.get(id) ?? []);
    let at = from < 0 ? Math.max(0, whole().length + from) : from;
    for (;;) {
      let wake: () => void = () => undefined;
      const written = new Promise<void>((resolve) => (wake = resolve));
      this.#written.add(wake);
      const listening = this.onEvent(() => wake());
      signal?.addEventListener('abort', wake);
      try {
        const now = whole();
        if (now.length > at) yield new Uint8Array(now.subarray(at));
        at = Math.max(at, now.length);
        signal?.throwIfAborted();
        if (!follow || !ACTIVE_STATES.includes(this.#found(id).state)) return;
        if (whole().length === at) await written;
        signal?.throwIfAborted();
      } finally {
        this.#written.delete(wake);
        listening.dispose();
        signal?.removeEventListener('abort', wake);
      }
    }
  }

  #requireSource(source: ModelSource): void {
    if ('modelId' in source) {
      if (this.#models.some(({ kind, id }) => kind === 'logged' && id === source.modelId)) return;
      throw new TrainyardError('NOT_FOUND', `There is no model ${source.modelId}.`);
    }
    contentOf(this.#files.get(source.runId), `${source.path}/MLmodel`);
  }

  #makeEnvironments(): Environments {
    const all = this.#environments;
    const find = (name: string, version: string) => {
      const found = all.find(
        (each) => each.name === name && (version === 'latest' ? !each.archived : each.version === version),
      );
      if (!found) throw new TrainyardError('NOT_FOUND', `There is no environment ${name}:${version}.`);
      return found;
    };
    return {
      list: async ({ name, archived = false } = {}, signal) => {
        this.#ask('environments', signal);
        return all
          .filter((each) => (name === undefined ? each.name !== ANONYMOUS : each.name === name))
          .filter((each) => archived || !each.archived)
          .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
      },
      get: async (name, version, signal) => {
        this.#ask(`environment ${name}:${version}`, signal);
        return find(name, version);
      },
      create: async ({ name = ANONYMOUS, definition, description = '', tags = {}, kept = {}, ...more }) => {
        this.#ask(`create environment ${name}`);
        if (Object.keys(definition).length === 0 && !more.build)
          throw new TrainyardError('BAD_REQUEST', 'The environment is empty.');
        const digest = digestOf(definition);
        const next = String(all.filter((each) => each.name === name).length + 1);
        const version = name === ANONYMOUS ? anonymousVersion(digest) : (more.version ?? next);
        const known = all.find((each) => each.name === name && each.version === version);
        if (known?.digest === digest) return known;
        if (known) throw new TrainyardError('CONFLICT', `${name}:${version} already exists.`);
        const made: EnvironmentVersion = {
          ...{ name, version, digest, definition, description, tags, kept },
          ...{ archived: false, createdAt: Date.now(), builds: [] },
        };
        all.unshift(made);
        this.tell({ type: 'environments' });
        return made;
      },
      archive: async (name, version, archived = true) => {
        this.#ask(`archive environment ${name}`);
        const fitting = all.filter(
          (each) => each.name === name && (version === undefined || each.version === version),
        );
        if (fitting.length === 0) throw new TrainyardError('NOT_FOUND', `There is no environment ${name}.`);
        for (const each of fitting) each.archived = archived;
        this.tell({ type: 'environments' });
      },
      runs: async (name, version) => {
        const found = find(name, version);
        const isIn = ([, { environment }]: [string, JobSpec]) =>
          environment?.kind === 'asset' &&
          environment.name === found.name &&
          environment.version === found.version;
        return [...this.#specs].filter(isIn).map(([id]) => this.#found(id));
      },
      build: async (name, version, target, onEvent) => {
        this.#ask(`build ${name}:${version} on ${target}`);
        onEvent?.({ type: 'step', step: 1, of: 1, text: 'everything' });
        const built = { target, at: `/${name}`, packages: { pip: '25.0' }, builtAt: Date.now() };
        find(name, version).builds.unshift(built);
        this.tell({ type: 'environments' });
        return built;
      },
    };
  }

  #makeData(): Data {
    const all = this.#data;
    const find = (name: string, version?: string) => {
      const found = all.find(
        (each) => each.name === name && (version === undefined ? !each.archived : each.version === version),
      );
      if (!found) throw new TrainyardError('NOT_FOUND', `There is no data ${name}:${version ?? 'latest'}.`);
      return found;
    };
    return {
      list: async ({ name, archived = false } = {}, signal) => {
        this.#ask('data', signal);
        return all
          .filter((each) => (name === undefined || each.name === name) && (archived || !each.archived))
          .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
      },
      get: async (name, version, signal) => {
        this.#ask(`data ${name}:${version ?? 'latest'}`, signal);
        return find(name, version);
      },
      create: async ({ description = '', tags = {}, ...asked }) => {
        this.#ask(`create data ${asked.name}`);
        checkAsset(asked);
        if (!['uri_file', 'uri_folder', 'mltable'].includes(asked.type))
          throw new TrainyardError('BAD_REQUEST', `“${asked.type}” is no type of data.`);
        const own = all.filter((each) => each.name === asked.name);
        const numbers = own.map(({ version }) => Number(version)).filter(Number.isInteger);
        const version = asked.version ?? String(Math.max(0, ...numbers) + 1);
        if (own.some((each) => each.version === version))
          throw new TrainyardError('CONFLICT', `The data ${asked.name}:${version} already exists.`);
        const made = { ...asked, version, description, tags, archived: false, createdAt: Date.now() };
        all.unshift(made);
        this.tell({ type: 'data' });
        return made;
      },
      archive: async (name, version, archived = true) => {
        this.#ask(`archive data ${name}`);
        const fitting = all.filter(
          (each) => each.name === name && (version === undefined || each.version === version),
        );
        if (fitting.length === 0) throw new TrainyardError('NOT_FOUND', `There is no data ${name}.`);
        for (const each of fitting) each.archived = archived;
        this.tell({ type: 'data' });
      },
      runs: async (name, version) => {
        const path = `azureml:${name}:${find(name, version).version}`;
        const reads = ([, { inputs = {} }]: [string, JobSpec]) =>
          Object.values(inputs).some((input) => input.path === path && !input.type.endsWith('_model'));
        return [...this.#specs]
          .filter(reads)
          .map(([id]) => this.#found(id))
          .reverse();
      },
    };
  }

  #makeRegistry(): Registry {
    const registered = (name: string) => {
      const found = this.#models.find((model) => model.kind === 'registered' && model.name === name);
      if (!found) throw new TrainyardError('NOT_FOUND', `There is no registered model “${name}”.`);
      return found;
    };
    return {
      models: async (
        { kind, name = '', limit = 100, page = '0' }: ModelQuery = {},
        signal,
      ): Promise<ModelPage> => {
        this.#ask('models', signal);
        const fits = (model: Model) =>
          (kind === undefined || model.kind === kind) &&
          model.name.toLowerCase().includes(name.toLowerCase());
        const rank = (model: Model) => (model.kind === 'registered' ? 0 : 1);
        const found = this.#models
          .filter(fits)
          .sort((a, b) => rank(a) - rank(b) || b.createdAt - a.createdAt);
        const from = Number(page);
        const models = found.slice(from, from + limit);
        return { models, ...(from + limit < found.length && { nextPage: String(from + limit) }) };
      },
      register: async (source: ModelSource, name: string) => {
        this.#ask(`register ${name}`);
        if (name === '') throw new TrainyardError('BAD_REQUEST', 'A model needs a name.');
        this.#requireSource(source);
        const model =
          this.#models.find((each) => each.kind === 'registered' && each.name === name) ??
          this.model({ id: name, kind: 'registered' });
        const version = String(model.versions.length + 1);
        const made = 'modelId' in source ? { modelId: source.modelId } : { runId: source.runId };
        model.versions.push({ version, aliases: [], createdAt: Date.now(), ...made });
        this.tell({ type: 'models' });
        return version;
      },
      versions: async (name: string, signal) => {
        this.#ask(`versions ${name}`, signal);
        return [...registered(name).versions].reverse();
      },
      setAlias: async (name: string, alias: string, version: string) => {
        this.#ask(`alias ${name} ${alias}`);
        const { versions } = registered(name);
        if (alias === 'latest') throw new TrainyardError('BAD_REQUEST', '“latest” is no alias.');
        if (!versions.some((each) => each.version === version))
          throw new TrainyardError('NOT_FOUND', `“${name}” has no version ${version}.`);
        for (const each of versions) {
          each.aliases = each.aliases.filter((known) => known !== alias);
          if (each.version === version) each.aliases.push(alias);
        }
        this.tell({ type: 'models' });
      },
      deleteAlias: async (name: string, alias: string) => {
        this.#ask(`no alias ${name} ${alias}`);
        for (const each of registered(name).versions)
          each.aliases = each.aliases.filter((known) => known !== alias);
        this.tell({ type: 'models' });
      },
    };
  }
}

const NOBODY: Run = {
  ...{ id: '', workspace: '', number: 0, experimentId: '', name: '', state: 'finished', lifecycle: 'active' },
  ...{ user: '', startTime: 0, metrics: {}, params: {}, tags: {} },
};

/** @throws BAD_REQUEST */
function requireOnce(orderBy: readonly string[]): void {
  const names = orderBy.map((order) => order.replace(/\s+(asc|desc)\s*$/i, ''));
  if (new Set(names).size < names.length)
    throw new TrainyardError('BAD_REQUEST', 'The order names something twice.');
}

const bytesOf = (content: string | Uint8Array) =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

function put(all: Map<string, Map<string, Uint8Array>>, runId: string, name: string, content: Uint8Array) {
  const own = all.get(runId) ?? new Map<string, Uint8Array>();
  own.set(name, content);
  all.set(runId, own);
}

function contentOf(files: ReadonlyMap<string, Uint8Array> | undefined, name: string): Uint8Array {
  const content = files?.get(name);
  if (!content) throw new TrainyardError('NOT_FOUND', `There is no file ${name}.`);
  return content;
}

function childrenOf(files: ReadonlyMap<string, Uint8Array> | undefined, folder: string): RunFile[] {
  const start = folder === '' ? '' : `${folder}/`;
  const children = new Map<string, RunFile>();
  for (const [name, { length }] of files ?? []) {
    if (!name.startsWith(start)) continue;
    const [first = '', ...rest] = name.slice(start.length).split('/');
    const child = start + first;
    const isFolder = rest.length > 0;
    children.set(child, { path: child, isFolder, ...(!isFolder && { bytes: length }) });
  }
  return [...children.values()];
}

function diffOf(
  runId: string,
  from: ReadonlyMap<string, Uint8Array>,
  other: string | null,
  to: ReadonlyMap<string, Uint8Array>,
): CodeDiff {
  const names = [...new Set([...from.keys(), ...to.keys()])].sort();
  const files = names.flatMap((name): CodeDiff['files'] => {
    const [before, after] = [from.get(name), to.get(name)];
    if (before && after && Buffer.compare(before, after) === 0) return [];
    const status = !before ? 'added' : !after ? 'deleted' : 'modified';
    return [{ path: name, status, additions: null, deletions: null }];
  });
  return { from: { runId, commit: runId }, to: { runId: other, commit: other }, files, patch: '' };
}
