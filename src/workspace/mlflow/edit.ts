import { TrainyardError } from '../../base/errors.js';
import { mapBounded } from '../../base/map-bounded.js';
import type { RunPart, WorkspaceEvent } from '../types.js';
import type { Edit } from '../workspace.js';
import type { Connection } from './connection.js';
import { readRun } from './read-run.js';
import type { WireRun } from './wire.js';

const AT_ONCE = 4;

/** Changes to runs and experiments. Each may be sent twice without harm. */
export class MlflowEdit implements Edit {
  private readonly connection: Connection;
  private readonly tell: (...events: WorkspaceEvent[]) => void;

  constructor(connection: Connection, tell: (...events: WorkspaceEvent[]) => void) {
    this.connection = connection;
    this.tell = tell;
  }

  async rename(runId: string, name: string): Promise<void> {
    const run = await this.run(runId);
    await this.connection.post('mlflow/runs/update', { run_id: runId, run_name: name });
    this.changed(run, 'state', 'tags');
  }

  async tag(runId: string, tags: Record<string, string | null>): Promise<void> {
    const run = await this.run(runId);
    const known = new Set(run.data?.tags?.map(({ key }) => key));
    for (const [key, value] of Object.entries(tags)) {
      if (value !== null) await this.connection.post('mlflow/runs/set-tag', { run_id: runId, key, value });
      else if (known.has(key)) await this.removeTag(runId, key);
    }
    this.changed(run, 'tags');
  }

  async end(runId: string): Promise<void> {
    const run = await this.run(runId);
    const { state, startTime, metrics } = readRun(run, '');
    if (state !== 'running' && state !== 'queued') return;
    // When it was last heard of; what a script says of times may lie ahead.
    const now = Date.now();
    const times = Object.values(metrics).map(({ timestamp }) => timestamp);
    const end = Math.max(startTime, ...times.filter((time) => time <= now));
    await this.connection.post('mlflow/runs/update', { run_id: runId, status: 'FAILED', end_time: end });
    this.changed(run, 'state');
  }

  async delete(runIds: string[]): Promise<void> {
    await this.each(runIds, 'mlflow/runs/delete');
  }

  async undelete(runIds: string[]): Promise<void> {
    await this.each(runIds, 'mlflow/runs/restore');
  }

  async deleteExperiment(id: string): Promise<void> {
    const { runs = [] } = await this.connection.post<{ runs?: WireRun[] }>('mlflow/runs/search', {
      experiment_ids: [id],
      filter: "attributes.status = 'RUNNING'",
      max_results: 1,
    });
    if (runs.length > 0)
      throw new TrainyardError('CONFLICT', 'A run of the experiment is still active.', {
        hint: 'Wait for its end, or mark it as ended.',
      });
    await this.changeExperiment('delete', id);
  }

  async restoreExperiment(id: string): Promise<void> {
    await this.changeExperiment('restore', id);
  }

  /** MLflow refuses what is so already, which a call that is sent twice may find. */
  private async changeExperiment(verb: 'delete' | 'restore', id: string): Promise<void> {
    const stage = verb === 'delete' ? 'deleted' : 'active';
    const { experiment } = await this.connection.get<{ experiment: { lifecycle_stage?: string } }>(
      'mlflow/experiments/get',
      { experiment_id: id },
    );
    if (experiment.lifecycle_stage !== stage)
      await this.connection.post(`mlflow/experiments/${verb}`, { experiment_id: id });
    // Its runs went with it.
    this.tell({ type: 'experiments' }, { type: 'reset' });
  }

  private async removeTag(runId: string, key: string): Promise<void> {
    try {
      await this.connection.post('mlflow/runs/delete-tag', { run_id: runId, key });
    } catch (error) {
      // Somebody else was quicker, or the first of two calls was.
      if (!TrainyardError.is(error, 'NOT_FOUND')) throw error;
    }
  }

  private async each(runIds: readonly string[], route: string): Promise<void> {
    const runs = await mapBounded(runIds, AT_ONCE, (id) => this.run(id));
    await mapBounded(runIds, AT_ONCE, (runId) => this.connection.post(route, { run_id: runId }));
    for (const run of runs) this.changed(run, 'state');
  }

  private async run(runId: string): Promise<WireRun> {
    return (await this.connection.get<{ run: WireRun }>('mlflow/runs/get', { run_id: runId })).run;
  }

  private changed(run: WireRun, ...parts: RunPart[]): void {
    const { id: runId, experimentId } = readRun(run, '');
    this.tell({ type: 'run', runId, experimentId, parts });
  }
}
