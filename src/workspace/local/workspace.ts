import process from 'node:process';
import { type ErrorData, hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import type { JobSpec, MetricPattern } from '../../job/spec.js';
import type {
  CodeDiff,
  Compute,
  Experiment,
  Lifecycle,
  MetricSummary,
  Model,
  ModelSource,
  Points,
  PointsRequest,
  Purgeable,
  PurgeStep,
  Run,
  RunFile,
  RunPage,
  RunQuery,
  ServerSettings,
  ServerStatus,
  WorkspaceEvent,
} from '../types.js';
import type { SubmitOptions, Workspace } from '../workspace.js';
import {
  API,
  decodePoints,
  type Discovery,
  LOG_FROM_HEADER,
  type RegisterRequest,
  type SubmitRequest,
} from './contract.js';
import { inheritedEnvironment } from './environment.js';
import { EventStream } from './events.js';
import { ensureServer, type LaunchOptions } from './launch.js';
import { trackingVariables } from './tracking.js';

interface Call {
  method?: string;
  query?: Record<string, string | number>;
  body?: unknown;
  signal?: AbortSignal;
  /** May be sent twice without harm; then a lost server is started again and asked once more. */
  repeatable?: boolean;
}

/** The workspace of this machine: a client of the local server, which it starts when it is needed. */
export class LocalWorkspace implements Workspace {
  readonly id = 'local';
  readonly kind = 'local';
  readonly label = 'Local';
  private readonly launch: LaunchOptions;
  private readonly events: EventStream;
  private server: Promise<Discovery> | undefined;

  constructor(launch: LaunchOptions) {
    this.launch = launch;
    this.events = new EventStream((signal) => this.send('/events', { signal, repeatable: true }, asItIs));
  }

  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    return this.events.listen(listener);
  }

  status(signal?: AbortSignal): Promise<ServerStatus> {
    return this.get('/server', {}, signal);
  }

  /** What tells programs that were not started here of this workspace, beside what they inherit from this process. */
  async trackingVariables(): Promise<Record<string, string>> {
    // Not `discover`: the server that was found may have ended since.
    return trackingVariables(await ensureServer(this.launch), process.env);
  }

  settings(): Promise<ServerSettings> {
    return this.get('/settings');
  }

  async changeSettings(settings: Partial<ServerSettings>): Promise<ServerSettings> {
    return this.send('/settings', { method: 'PUT', body: settings, repeatable: true }, json<ServerSettings>);
  }

  async experiments(signal?: AbortSignal, lifecycle: Lifecycle | 'all' = 'active'): Promise<Experiment[]> {
    return (await this.get<{ experiments: Experiment[] }>('/experiments', { lifecycle }, signal)).experiments;
  }

  async deleteExperiment(id: string): Promise<void> {
    await this.send(`/experiments/${encodeURIComponent(id)}/delete`, { method: 'POST', body: {} }, json);
  }

  async restoreExperiment(id: string): Promise<void> {
    await this.post(`/experiments/${encodeURIComponent(id)}/restore`);
  }

  async runs(query: RunQuery, signal?: AbortSignal): Promise<RunPage> {
    const call: Call = { method: 'POST', body: query, signal, repeatable: true };
    const page = await this.send('/runs/search', call, json<RunPage>);
    return { ...page, runs: page.runs.map(readRun) };
  }

  async run(id: string, signal?: AbortSignal): Promise<Run> {
    return readRun(await this.get<Run>(`/runs/${encodeURIComponent(id)}`, {}, signal));
  }

  async points(series: PointsRequest[], maxPoints: number, signal?: AbortSignal): Promise<Points[]> {
    const call: Call = { method: 'POST', body: { series, maxPoints }, signal, repeatable: true };
    return decodePoints(await this.send('/points', call, (response) => response.arrayBuffer()));
  }

  async submit(spec: JobSpec, options: SubmitOptions = {}, signal?: AbortSignal): Promise<Run> {
    const body: SubmitRequest = {
      spec,
      baseEnv: inheritedEnvironment(process.env),
      ...(options.secrets && { secrets: options.secrets }),
      ...(options.largeFiles && { largeFiles: options.largeFiles }),
      ...(process.platform !== 'win32' && { umask: process.umask() }),
    };
    return readRun(await this.send('/jobs', { method: 'POST', body, signal }, json<Run>));
  }

  async cancel(runId: string): Promise<void> {
    await this.post(`/runs/${encodeURIComponent(runId)}/cancel`);
  }

  async end(runId: string): Promise<void> {
    await this.post(`/runs/${encodeURIComponent(runId)}/end`);
  }

  async addPatterns(runId: string, patterns: readonly MetricPattern[]): Promise<void> {
    const call: Call = { method: 'POST', body: { patterns }, repeatable: true };
    await this.send(`/runs/${encodeURIComponent(runId)}/patterns`, call, json);
  }

  async rename(runId: string, name: string): Promise<void> {
    await this.patch(runId, { name });
  }

  async tag(runId: string, tags: Record<string, string | null>): Promise<void> {
    await this.patch(runId, { tags });
  }

  async delete(runIds: string[]): Promise<void> {
    await this.post('/runs/delete', { runIds });
  }

  async undelete(runIds: string[]): Promise<void> {
    await this.post('/runs/undelete', { runIds });
  }

  purgeable(before = Date.now(), signal?: AbortSignal): Promise<Purgeable> {
    return this.get('/purge', { before }, signal);
  }

  async purge(
    before: number,
    onStep: (step: PurgeStep) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<PurgeStep> {
    const sum: PurgeStep = { runs: 0, models: 0, experiments: 0, bytes: 0, done: false };
    while (!sum.done && !signal?.aborted) {
      const step = await this.send(
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

  async *log(
    runId: string,
    { from = 0, follow = false }: { from?: number; follow?: boolean },
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    for (let at = from; ;) {
      try {
        const call: Call = { query: { from: at, follow: follow ? 1 : 0 }, signal, repeatable: true };
        const path = `/runs/${encodeURIComponent(runId)}/log`;
        const { body, headers } = await this.send(path, call, asItIs);
        at = Number(headers.get(LOG_FROM_HEADER) ?? at);
        for await (const chunk of body ?? []) {
          at += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        // The server was killed while it sent: go on with the next one, from the byte that is missing.
        if (!follow || signal?.aborted || TrainyardError.is(error)) throw error;
        this.server = undefined;
      }
    }
  }

  async files(runId: string, folder: string, signal?: AbortSignal): Promise<RunFile[]> {
    const path = `/runs/${encodeURIComponent(runId)}/files`;
    return (await this.get<{ files: RunFile[] }>(path, { folder }, signal)).files;
  }

  readFile(runId: string, path: string, signal?: AbortSignal, mostBytes?: number): Promise<Uint8Array> {
    return this.bytes(`/runs/${encodeURIComponent(runId)}/file`, path, signal, mostBytes);
  }

  async codeFiles(runId: string, folder: string, signal?: AbortSignal): Promise<RunFile[]> {
    const path = `/runs/${encodeURIComponent(runId)}/code`;
    return (await this.get<{ files: RunFile[] }>(path, { folder }, signal)).files;
  }

  readCode(runId: string, path: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.bytes(`/runs/${encodeURIComponent(runId)}/code-file`, path, signal);
  }

  diff(runId: string, other: string, signal?: AbortSignal): Promise<CodeDiff> {
    return this.get(`/runs/${encodeURIComponent(runId)}/diff`, { other }, signal);
  }

  async restore(runId: string, folder: string, signal?: AbortSignal): Promise<void> {
    await this.post(`/runs/${encodeURIComponent(runId)}/restore`, { folder }, signal);
  }

  async models(signal?: AbortSignal): Promise<Model[]> {
    return (await this.get<{ models: Model[] }>('/models', {}, signal)).models;
  }

  async registerModel(model: ModelSource, name: string): Promise<string> {
    const body: RegisterRequest = { name, model };
    const call: Call = { method: 'POST', body };
    return (await this.send('/models/register', call, json<{ version: string }>)).version;
  }

  async compute(signal?: AbortSignal): Promise<Compute[]> {
    return (await this.get<{ compute: Compute[] }>('/compute', {}, signal)).compute;
  }

  private get<T>(path: string, query: Call['query'] = {}, signal?: AbortSignal): Promise<T> {
    return this.send(path, { query, signal, repeatable: true }, json<T>);
  }

  private async post(path: string, body: unknown = {}, signal?: AbortSignal): Promise<void> {
    await this.send(path, { method: 'POST', body, signal, repeatable: true }, json);
  }

  private async patch(
    runId: string,
    body: { name?: string; tags?: Record<string, string | null> },
  ): Promise<void> {
    const call: Call = { method: 'PATCH', body, repeatable: true };
    await this.send(`/runs/${encodeURIComponent(runId)}`, call, json);
  }

  private bytes(
    route: string,
    path: string,
    signal?: AbortSignal,
    mostBytes = Infinity,
  ): Promise<Uint8Array> {
    const read = async (response: Response) =>
      Number(response.headers.get('content-length')) > mostBytes
        ? readStart(response, mostBytes)
        : new Uint8Array(await response.arrayBuffer());
    return this.send(route, { query: { path }, signal, repeatable: true }, read);
  }

  /**
   * Sends a request and reads the answer; both are tried once more when the server went away meanwhile.
   * @throws TrainyardError for every answer that is not a success
   */
  private async send<T>(path: string, call: Call, read: (response: Response) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const server = await this.discover(call.signal);
      try {
        const response = await fetch(urlOf(server, path, call.query), {
          method: call.method ?? 'GET',
          headers: {
            authorization: `Bearer ${server.token}`,
            ...(call.body !== undefined && { 'content-type': 'application/json' }),
          },
          body: call.body === undefined ? undefined : JSON.stringify(call.body),
          signal: call.signal,
        });
        if (!response.ok) throw TrainyardError.from(await readError(response));
        return await read(response);
      } catch (cause) {
        if (call.signal?.aborted || TrainyardError.is(cause)) throw cause;
        // Gone, idle or killed: the next look starts it again.
        this.server = undefined;
        if (attempt === 1 && (call.repeatable || wasRefused(cause))) continue;
        throw new TrainyardError(
          'SERVER_UNREACHABLE',
          `The Trainyard server does not answer: ${messageOf(cause)}.`,
          {
            hint: 'Try again; the log of the server says more.',
            cause,
          },
        );
      }
    }
  }

  private discover(signal?: AbortSignal): Promise<Discovery> {
    if (!this.server) {
      // Shared by all callers, so one that gives up must not end it for the others.
      const server = ensureServer(this.launch);
      this.server = server;
      server.catch(() => {
        if (this.server === server) this.server = undefined;
      });
    }
    signal?.throwIfAborted();
    return this.server;
  }
}

function urlOf({ port }: Discovery, path: string, query: Call['query'] = {}): URL {
  const url = new URL(`http://127.0.0.1:${port}${API}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}

/** For an answer that is read as it comes. */
const asItIs = (response: Response) => Promise.resolve(response);

async function json<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

/** What is beyond is not sent. */
async function readStart({ body }: Response, bytes: number): Promise<Uint8Array> {
  const start = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of body ?? []) {
    const wanted = chunk.subarray(0, bytes - at);
    start.set(wanted, at);
    at += wanted.length;
    if (at === bytes) break;
  }
  return start.subarray(0, at);
}

/** Never reached a server, so nothing was done. */
function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return hasCode(cause, 'ECONNREFUSED');
}

async function readError(response: Response): Promise<ErrorData> {
  const text = await response.text();
  try {
    return (JSON.parse(text) as { error: ErrorData }).error;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { code: 'INTERNAL', message: `The server answered ${response.status}: ${text.slice(0, 200)}` };
  }
}

/** NaN and the infinities travel as strings. */
function readRun(run: Run): Run {
  const metrics = Object.entries(run.metrics).map(([key, summary]): [string, MetricSummary] => [
    key,
    {
      ...summary,
      value: Number(summary.value),
      min: Number(summary.min),
      max: Number(summary.max),
    },
  ]);
  return { ...run, metrics: Object.fromEntries(metrics) };
}
