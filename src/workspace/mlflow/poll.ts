import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPart, WorkspaceEvent } from '../types.js';
import type { Connection } from './connection.js';
import type { WireExperiment, WireRegisteredModel, WireRun } from './wire.js';

/** Between two looks, ms: soon after a change, later while nothing happens. */
const SHORTEST_WAIT = 2_000;
const LONGEST_WAIT = 30_000;
const GROWTH = 1.5;
/** A server that takes long is left alone for so many times as long. */
const REST = 5;
/** Runs that are looked at: the newest of those that are active, and of those that were begun. */
const MOST_ACTIVE = 100;
const MOST_NEW = 100;

/** What of a run was seen: another text is a change. */
interface Seen {
  experimentId: string;
  parts: Record<'state' | 'metrics' | 'params' | 'tags', string>;
}

interface Sight {
  experiments: string;
  models: string;
  /** Start of the newest run, ms. */
  newest: number;
  /** The active and the newest ones, by id. */
  runs: ReadonlyMap<string, Seen>;
}

interface Options {
  connection: Connection;
  experiments: (signal: AbortSignal) => Promise<WireExperiment[]>;
}

/**
 * Tells of changes by asking again while somebody listens: a tracking server tells nobody. It looks at the active runs,
 * at those that were begun since, at the list of experiments and at the newest model; what somebody changes of an old run
 * elsewhere is seen when that run is read again.
 */
export class Poll {
  private readonly options: Options;
  private readonly listeners = new Set<(event: WorkspaceEvent) => void>();
  private stop: AbortController | undefined;
  private wake: (() => void) | undefined;

  constructor(options: Options) {
    this.options = options;
  }

  listen(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    // One function may listen twice.
    const own = (event: WorkspaceEvent) => listener(event);
    this.listeners.add(own);
    if (!this.stop) {
      this.stop = new AbortController();
      void this.run(this.stop.signal);
    }
    return {
      dispose: () => {
        if (!this.listeners.delete(own) || this.listeners.size > 0) return;
        this.stop?.abort();
        this.stop = undefined;
      },
    };
  }

  /** What was changed from here is told at once. */
  tell(...events: WorkspaceEvent[]): void {
    this.emit(events);
    this.wake?.();
  }

  private emit(events: readonly WorkspaceEvent[]): void {
    for (const event of events) for (const listener of [...this.listeners]) listener(event);
  }

  private async run(signal: AbortSignal): Promise<void> {
    let before: Sight | undefined;
    let wasLost = false;
    for (let wait = SHORTEST_WAIT; !signal.aborted;) {
      const began = Date.now();
      try {
        const now = await this.look(before, signal);
        if (signal.aborted) return;
        const events: WorkspaceEvent[] = wasLost
          ? [{ type: 'reset' }]
          : before
            ? differences(before, now)
            : [];
        wasLost = false;
        before = now;
        wait = events.length > 0 ? SHORTEST_WAIT : Math.min(wait * GROWTH, LONGEST_WAIT);
        this.emit(events);
      } catch {
        // What was missed is told by 'reset' once the server answers again; views show their own errors.
        if (signal.aborted) return;
        wasLost = true;
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
      const pause = Math.max(wait, Math.min(REST * (Date.now() - began), LONGEST_WAIT));
      if (await this.pause(pause, signal)) wait = SHORTEST_WAIT;
    }
  }

  /** @returns whether it was woken */
  private async pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    const woken = new AbortController();
    this.wake = () => woken.abort();
    await sleep(milliseconds, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(
      () => undefined,
    );
    return woken.signal.aborted;
  }

  private async look(before: Sight | undefined, signal: AbortSignal): Promise<Sight> {
    const experiments = await this.options.experiments(signal);
    const ids = experiments.map(({ experiment_id: id }) => id);
    const since = before ? `attributes.start_time >= ${before.newest}` : undefined;
    const [newest, active, models] = await Promise.all([
      this.search(ids, since, before ? MOST_NEW : 1, signal),
      this.search(ids, "attributes.status = 'RUNNING'", MOST_ACTIVE, signal),
      this.newestModel(signal),
    ]);
    const runs = new Map([...newest, ...active].map((run) => [idOf(run), seen(run)]));
    const gone = [...(before?.runs ?? [])].filter(([id, run]) => !runs.has(id) && isActive(run));
    // How they ended is told with the parts; which they were is enough for that.
    for (const [id, run] of gone)
      runs.set(id, { ...run, parts: { ...run.parts, state: ENDED, metrics: '', params: '', tags: '' } });
    return {
      experiments: experiments
        .map(({ experiment_id: id, name, last_update_time: at }) => `${id} ${name} ${at ?? ''}`)
        .join('\n'),
      models,
      newest: Math.max(before?.newest ?? 0, ...newest.map(({ info }) => Number(info.start_time ?? 0))),
      runs,
    };
  }

  private async search(
    experimentIds: readonly string[],
    filter: string | undefined,
    most: number,
    signal: AbortSignal,
  ): Promise<WireRun[]> {
    if (experimentIds.length === 0) return [];
    const body = {
      experiment_ids: experimentIds,
      filter,
      max_results: most,
      order_by: ['attributes.start_time DESC'],
    };
    return (
      (await this.options.connection.post<{ runs?: WireRun[] }>('mlflow/runs/search', body, signal)).runs ??
      []
    );
  }

  private async newestModel(signal: AbortSignal): Promise<string> {
    const query = { max_results: 1, order_by: 'last_updated_timestamp DESC' };
    const { registered_models: models = [] } = await this.options.connection.get<{
      registered_models?: (WireRegisteredModel & { last_updated_timestamp?: number })[];
    }>('mlflow/registered-models/search', query, signal);
    return models.map((model) => JSON.stringify(model)).join();
  }
}

const ENDED = 'ended';
const idOf = ({ info }: WireRun) => info.run_id ?? info.run_uuid ?? '';
const isActive = ({ parts }: Seen) => parts.state.startsWith('RUNNING');

function seen({ info, data = {} }: WireRun): Seen {
  return {
    experimentId: info.experiment_id,
    parts: {
      state: [info.status, info.end_time, info.lifecycle_stage, info.run_name].join(' '),
      metrics: sorted(
        data.metrics?.map(({ key, value, step, timestamp }) => [key, value, step, timestamp].join(' ')),
      ),
      params: sorted(data.params?.map(({ key, value }) => `${key} ${value}`)),
      tags: sorted(data.tags?.map(({ key, value }) => `${key} ${value}`)),
    },
  };
}

const sorted = (lines: readonly string[] = []) => [...lines].sort().join('\n');

/** What is told of the way from one sight to the next. Pure. */
function differences(before: Sight, now: Sight): WorkspaceEvent[] {
  const events: WorkspaceEvent[] = [];
  if (before.experiments !== now.experiments) events.push({ type: 'experiments' });
  for (const [runId, run] of now.runs) {
    const { experimentId, parts } = run;
    const old = before.runs.get(runId);
    // One that was in sight for its age alone may be of any kind; so all of it is told.
    const changed = (Object.keys(parts) as (keyof Seen['parts'])[]).filter(
      (part) => old?.parts[part] !== parts[part],
    );
    if (changed.length === 0) continue;
    const isNewOrEnded = !old || (isActive(old) && !isActive(run));
    const told: RunPart[] = isNewOrEnded
      ? ['state', 'metrics', 'params', 'tags', 'files', 'models']
      : changed.includes('tags')
        ? [...changed, 'files']
        : changed;
    events.push({ type: 'run', runId, experimentId, parts: told });
  }
  if (before.models !== now.models) events.push({ type: 'models' });
  return events;
}
