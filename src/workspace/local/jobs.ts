import process from 'node:process';
import { TrainyardError } from '../../base/errors.js';
import type { JobSpec, MetricPattern } from '../../job/spec.js';
import type { Compute, DebugWish, JobDebugger, JobPython, Leftover, Run, ShellCommand } from '../types.js';
import type { Jobs, SubmitOptions } from '../workspace.js';
import { asItIs, type Call, type Connection, json } from './connection.js';
import { LOG_FROM_HEADER, type ServedRun, type SubmitRequest } from './contract.js';
import { type LocalDatastores, mayUseDatastores } from './datastores.js';
import { inheritedEnvironment } from './environment.js';
import { readRun } from './read-run.js';

/** Jobs of the local server. */
export class LocalJobs implements Jobs {
  private readonly connection: Connection;
  /** Id of the workspace. */
  private readonly workspace: string;
  private readonly datastores: LocalDatastores;

  constructor(connection: Connection, workspace: string, datastores: LocalDatastores) {
    this.connection = connection;
    this.workspace = workspace;
    this.datastores = datastores;
  }

  async submit(spec: JobSpec, options: SubmitOptions = {}, signal?: AbortSignal): Promise<Run> {
    const body: SubmitRequest = {
      spec,
      baseEnv: inheritedEnvironment(process.env),
      ...(options.secrets && { secrets: options.secrets }),
      ...(options.largeFiles && { largeFiles: options.largeFiles }),
      ...(process.platform !== 'win32' && { umask: process.umask() }),
    };
    if (mayUseDatastores(spec)) await this.datastores.handSecrets(signal);
    const call: Call = { method: 'POST', body, signal };
    return readRun(await this.connection.send('/jobs', call, json<ServedRun>), this.workspace);
  }

  async cancel(runId: string): Promise<void> {
    await this.connection.post(`/runs/${encodeURIComponent(runId)}/cancel`);
  }

  spec(runId: string, signal?: AbortSignal): Promise<JobSpec> {
    return this.connection.get(`/runs/${encodeURIComponent(runId)}/spec`, {}, signal);
  }

  async *log(
    runId: string,
    { from = 0, follow = false }: { from?: number; follow?: boolean },
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    for (let at = from; ;) {
      try {
        const call: Call = { query: { from: at, follow: follow ? 1 : 0 }, signal, repeatable: true };
        const path = `/runs/${encodeURIComponent(runId)}/log`;
        const { body, headers } = await this.connection.send(path, call, asItIs);
        at = Number(headers.get(LOG_FROM_HEADER) ?? at);
        for await (const chunk of body ?? []) {
          at += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        // The server was killed while it sent: go on with the next one, from the byte that is missing.
        if (!follow || signal?.aborted || TrainyardError.is(error)) throw error;
        this.connection.forget();
      }
    }
  }

  async addPatterns(runId: string, patterns: readonly MetricPattern[]): Promise<void> {
    await this.connection.post(`/runs/${encodeURIComponent(runId)}/patterns`, { patterns });
  }

  async keepOutputs(runId: string): Promise<string[]> {
    await this.datastores.handSecrets();
    const call: Call = { method: 'POST', repeatable: true };
    const path = `/runs/${encodeURIComponent(runId)}/outputs`;
    return (await this.connection.send(path, call, json<{ problems: string[] }>)).problems;
  }

  async compute(signal?: AbortSignal): Promise<Compute[]> {
    return (await this.connection.get<{ compute: Compute[] }>('/compute', {}, signal)).compute;
  }

  async leftovers(target: string, signal?: AbortSignal): Promise<Leftover[]> {
    const path = `/compute/${encodeURIComponent(target)}/leftovers`;
    return (await this.connection.get<{ leftovers: Leftover[] }>(path, {}, signal)).leftovers;
  }

  async prune(target: string, ids: readonly string[]): Promise<Leftover[]> {
    const call: Call = { method: 'POST', body: { ids } };
    const path = `/compute/${encodeURIComponent(target)}/prune`;
    return (await this.connection.send(path, call, json<{ removed: Leftover[] }>)).removed;
  }

  shell(runId: string, signal?: AbortSignal): Promise<ShellCommand> {
    return this.connection.get(`/runs/${encodeURIComponent(runId)}/shell`, {}, signal);
  }

  async pythons(runId: string, signal?: AbortSignal): Promise<JobPython[]> {
    const path = `/runs/${encodeURIComponent(runId)}/pythons`;
    return (await this.connection.get<{ pythons: JobPython[] }>(path, {}, signal)).pythons;
  }

  debug(runId: string, wish: DebugWish = {}, signal?: AbortSignal): Promise<JobDebugger> {
    const call: Call = { method: 'POST', body: wish, signal };
    return this.connection.send(`/runs/${encodeURIComponent(runId)}/debugger`, call, json<JobDebugger>);
  }
}
