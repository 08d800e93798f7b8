import process from 'node:process';
import { type ErrorData, messageOf, TrainyardError } from '../../base/errors.js';
import type { JobSpec } from '../../job/spec.js';
import type {
  CodeDiff,
  Compute,
  Experiment,
  MetricSummary,
  Model,
  Points,
  PointsRequest,
  Run,
  RunFile,
  RunPage,
  RunQuery,
  ServerSettings,
  ServerStatus,
  WorkspaceEvent,
} from '../types.js';
import type { SubmitOptions, Workspace } from '../workspace.js';
import { API, decodePoints, type Discovery, type SubmitRequest } from './contract.js';
import { splitEnvironment } from './environment.js';
import { EventStream } from './events.js';
import { ensureServer, type LaunchOptions } from './launch.js';

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
    this.events = new EventStream((signal) => this.send('/events', { signal, repeatable: true }));
  }

  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    return this.events.listen(listener);
  }

  status(signal?: AbortSignal): Promise<ServerStatus> {
    return this.get('/server', {}, signal);
  }

  settings(): Promise<ServerSettings> {
    return this.get('/settings');
  }

  async changeSettings(settings: Partial<ServerSettings>): Promise<ServerSettings> {
    return this.json(await this.send('/settings', { method: 'PUT', body: settings, repeatable: true }));
  }

  async experiments(signal?: AbortSignal): Promise<Experiment[]> {
    return (await this.get<{ experiments: Experiment[] }>('/experiments', {}, signal)).experiments;
  }

  async runs(query: RunQuery, signal?: AbortSignal): Promise<RunPage> {
    const response = await this.send('/runs/search', {
      method: 'POST',
      body: query,
      signal,
      repeatable: true,
    });
    const page = await this.json<RunPage>(response);
    return { ...page, runs: page.runs.map(readRun) };
  }

  async run(id: string, signal?: AbortSignal): Promise<Run> {
    return readRun(await this.get<Run>(`/runs/${encodeURIComponent(id)}`, {}, signal));
  }

  async points(series: PointsRequest[], maxPoints: number, signal?: AbortSignal): Promise<Points[]> {
    const body = { series, maxPoints };
    const response = await this.send('/points', { method: 'POST', body, signal, repeatable: true });
    return decodePoints(await response.arrayBuffer());
  }

  async submit(spec: JobSpec, options: SubmitOptions = {}, signal?: AbortSignal): Promise<Run> {
    const { baseEnv, secrets } = splitEnvironment(process.env);
    const body: SubmitRequest = {
      spec,
      baseEnv,
      secrets: { ...secrets, ...options.secrets },
      ...(options.largeFiles && { largeFiles: options.largeFiles }),
    };
    return readRun(await this.json<Run>(await this.send('/jobs', { method: 'POST', body, signal })));
  }

  async cancel(runId: string): Promise<void> {
    await this.post(`/runs/${encodeURIComponent(runId)}/cancel`);
  }

  async rename(runId: string, name: string): Promise<void> {
    await this.send(`/runs/${encodeURIComponent(runId)}`, {
      method: 'PATCH',
      body: { name },
      repeatable: true,
    });
  }

  async tag(runId: string, tags: Record<string, string | null>): Promise<void> {
    await this.send(`/runs/${encodeURIComponent(runId)}`, {
      method: 'PATCH',
      body: { tags },
      repeatable: true,
    });
  }

  async delete(runIds: string[]): Promise<void> {
    await this.post('/runs/delete', { runIds });
  }

  async undelete(runIds: string[]): Promise<void> {
    await this.post('/runs/undelete', { runIds });
  }

  async *log(
    runId: string,
    { from = 0, follow = false }: { from?: number; follow?: boolean },
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    for (let at = from; ;) {
      try {
        const response = await this.send(`/runs/${encodeURIComponent(runId)}/log`, {
          query: { from: at, follow: follow ? 1 : 0 },
          signal,
          repeatable: true,
        });
        if (response.body)
          for await (const chunk of response.body) {
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

  readFile(runId: string, path: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.bytes(`/runs/${encodeURIComponent(runId)}/file`, path, signal);
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

  async compute(signal?: AbortSignal): Promise<Compute[]> {
    return (await this.get<{ compute: Compute[] }>('/compute', {}, signal)).compute;
  }

  private async get<T>(path: string, query: Call['query'] = {}, signal?: AbortSignal): Promise<T> {
    return this.json(await this.send(path, { query, signal, repeatable: true }));
  }

  private async post(path: string, body: unknown = {}, signal?: AbortSignal): Promise<void> {
    await this.send(path, { method: 'POST', body, signal, repeatable: true });
  }

  private async bytes(route: string, path: string, signal?: AbortSignal): Promise<Uint8Array> {
    const response = await this.send(route, { query: { path }, signal, repeatable: true });
    return new Uint8Array(await response.arrayBuffer());
  }

  private async json<T>(response: Response): Promise<T> {
    return (await response.json()) as T;
  }

  /** @throws TrainyardError for every answer that is not a success */
  private async send(path: string, call: Call): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const server = await this.discover(call.signal);
      let response: Response;
      try {
        response = await fetch(urlOf(server, path, call.query), {
          method: call.method ?? 'GET',
          headers: {
            authorization: `Bearer ${server.token}`,
            ...(call.body !== undefined && { 'content-type': 'application/json' }),
          },
          body: call.body === undefined ? undefined : JSON.stringify(call.body),
          signal: call.signal,
        });
      } catch (cause) {
        if (call.signal?.aborted) throw cause;
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
      if (response.ok) return response;
      throw TrainyardError.from(await readError(response));
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

/** Never reached a server, so nothing was done. */
function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
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
