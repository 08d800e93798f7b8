import type { Purgeable, PurgeStep } from '../types.js';
import type { Purge } from '../workspace.js';
import { type Connection, json } from './connection.js';

/** Removal for good, by the steps of the server. */
export class LocalPurge implements Purge {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  preview(before = Date.now(), signal?: AbortSignal): Promise<Purgeable> {
    return this.connection.get('/purge', { before }, signal);
  }

  async run(
    before: number,
    onStep: (step: PurgeStep) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<PurgeStep> {
    const sum: PurgeStep = { runs: 0, models: 0, experiments: 0, bytes: 0, done: false };
    while (!sum.done && !signal?.aborted) {
      const step = await this.connection.send(
        '/purge',
        { method: 'POST', body: { before }, repeatable: true },
        json<PurgeStep>,
      );
      for (const part of ['runs', 'models', 'experiments', 'bytes'] as const) sum[part] += step[part];
      sum.done = step.done;
      onStep(step);
    }
    return sum;
  }
}
