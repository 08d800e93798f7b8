import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, TrainyardError } from '../../base/errors.js';
import { parseOrNothing } from '../../base/json.js';
import type { Credentials } from '../registry.js';
import { authHeaders, type MlflowConfig } from './config.js';
import { foreign, noMlflow, notOffered, refusal, unreached } from './failures.js';
import { Transport } from './transport.js';

export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** A list is one key many times; undefined ones are left out. */
  query?: Record<string, string | number | readonly string[] | undefined>;
  body?: unknown;
  signal?: AbortSignal;
  /** May be sent twice without harm. Default: a GET. */
  repeatable?: boolean;
}

/**
 * Where MLflow's routes are: the first is the API's own; the second is that of its pages, and the only one that
 * `--static-prefix` moves.
 */
const ROOTS = ['api', 'ajax-api'] as const;
/** Waits before a call is sent again, ms. */
const PAUSES = [300, 1_000];
const TRANSIENT_STATUSES = [429, 502, 503, 504];
const LONGEST_ERROR = 10_000;

/** Requests to one tracking server. */
export class Connection {
  readonly place: string;
  private readonly config: MlflowConfig;
  private readonly credentials: Credentials;
  private readonly transport: Transport;
  private root: (typeof ROOTS)[number] = ROOTS[0];
  /** It has answered as MLflow does. */
  private isProven = false;

  constructor(config: MlflowConfig, credentials: Credentials) {
    this.config = config;
    this.place = config.uri;
    this.credentials = credentials;
    this.transport = new Transport(config);
  }

  get<T>(route: string, query: Call['query'] = {}, signal?: AbortSignal): Promise<T> {
    return this.call(route, { query, signal });
  }

  /** A POST that only reads, or that can be said twice. */
  post<T>(route: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return this.call(route, { method: 'POST', body, signal, repeatable: true });
  }

  /**
   * @param route below `/api/2.0/`, e.g. `mlflow/runs/search`
   * @throws TrainyardError for every answer that is not a success; NOT_SUPPORTED for a route that the server does not have
   */
  async call<T>(route: string, call: Call = {}): Promise<T> {
    const answer = await this.find(route, call);
    const value = parseOrNothing(await this.text(answer, call.signal));
    if (typeof value !== 'object' || value === null) throw foreign(this.place, '<');
    this.isProven = true;
    return value as T;
  }

  /** @param mostBytes no more than these are read */
  async bytes(
    route: string,
    query: Call['query'],
    signal?: AbortSignal,
    mostBytes = Infinity,
  ): Promise<Uint8Array> {
    const call: Call = { query, signal };
    const answer = route.startsWith('mlflow')
      ? await this.find(route, call)
      : await this.expect(await this.send(`/${route}`, call), signal);
    return this.read(answer, signal, mostBytes);
  }

  /** Version of the server; undefined when it does not tell. @throws when it cannot be reached or is no MLflow */
  async version(signal?: AbortSignal): Promise<string | undefined> {
    await this.prove(signal);
    const answer = await this.send('/version', { signal });
    const text = (await this.text(answer, signal)).trim();
    return answer.statusCode === 200 && /^\d+\.\d+[\w.+-]*$/.test(text) ? text : undefined;
  }

  /** Finds where the routes are. @throws SERVER_INCOMPATIBLE when there are none */
  async prove(signal?: AbortSignal): Promise<void> {
    for (const root of ROOTS) {
      const path = `/${root}/2.0/mlflow/experiments/search`;
      const call: Call = { method: 'POST', body: { max_results: 1 }, signal, repeatable: true };
      const answer = await this.send(path, call);
      const text = await this.text(answer, signal);
      if (isMissingRoute(answer, text)) continue;
      if (!isSuccess(answer)) throw this.refusal(answer, text);
      if (parseOrNothing(text) === undefined) throw foreign(this.place, text);
      this.root = root;
      this.isProven = true;
      return;
    }
    throw noMlflow(this.place);
  }

  /** The answer of a route, wherever that is. */
  private async find(route: string, call: Call): Promise<IncomingMessage> {
    for (let wasProven = this.isProven; ; wasProven = true) {
      const answer = await this.send(`/${this.root}/2.0/${route}`, call);
      if (isSuccess(answer) && !isPage(answer)) return answer;
      const text = await this.text(answer, call.signal);
      if (isSuccess(answer)) throw foreign(this.place, text);
      if (!isMissingRoute(answer, text)) throw this.refusal(answer, text);
      if (wasProven) throw notOffered(this.place);
      await this.prove(call.signal);
    }
  }

  private async expect(answer: IncomingMessage, signal?: AbortSignal): Promise<IncomingMessage> {
    if (isSuccess(answer)) return answer;
    throw this.refusal(answer, await this.text(answer, signal));
  }

  private refusal({ statusCode, headers }: IncomingMessage, text: string): TrainyardError {
    return refusal(this.place, { status: statusCode ?? 0, headers, text: text.slice(0, LONGEST_ERROR) });
  }

  /** Sends it, and again when that may help and does no harm. */
  private async send(path: string, call: Call): Promise<IncomingMessage> {
    const { method = 'GET', body, signal, repeatable = method === 'GET' } = call;
    const headers = {
      accept: 'application/json, */*',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(await authHeaders(this.config, this.credentials)),
    };
    const url = urlOf(this.place, path, call.query);
    const content = body === undefined ? undefined : JSON.stringify(body);
    for (let attempt = 0; ; attempt++) {
      const pause = repeatable ? PAUSES[attempt] : undefined;
      try {
        const answer = await this.transport.send(url, { method, headers, body: content, signal });
        if (pause === undefined || !TRANSIENT_STATUSES.includes(answer.statusCode ?? 0)) return answer;
        answer.destroy();
      } catch (cause) {
        if (signal?.aborted || TrainyardError.is(cause)) throw cause;
        if (pause === undefined || !hasCode(cause, 'ECONNRESET', 'EPIPE')) throw unreached(this.place, cause);
      }
      await sleep(pause, undefined, { signal });
    }
  }

  private async text(answer: IncomingMessage, signal?: AbortSignal): Promise<string> {
    return Buffer.from(await this.read(answer, signal)).toString('utf8');
  }

  private async read(
    answer: IncomingMessage,
    signal?: AbortSignal,
    mostBytes = Infinity,
  ): Promise<Uint8Array> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= mostBytes) break;
      }
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw unreached(this.place, cause);
    }
    const all = Buffer.concat(chunks);
    return new Uint8Array(all.buffer, all.byteOffset, Math.min(all.length, mostBytes));
  }
}

function urlOf(place: string, path: string, query: Call['query'] = {}): URL {
  const url = new URL(place + path);
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [value])
      if (each !== undefined) url.searchParams.append(name, String(each));
  return url;
}

const isSuccess = ({ statusCode = 0 }: IncomingMessage) => statusCode >= 200 && statusCode < 300;
const isPage = ({ headers }: IncomingMessage) => headers['content-type']?.startsWith('text/html') === true;

/** A server that does not know a route says so with a page, one that does with what is missing. */
function isMissingRoute({ statusCode }: IncomingMessage, text: string): boolean {
  if (statusCode !== 404 && statusCode !== 405) return false;
  const { error_code: code } = (parseOrNothing(text) ?? {}) as { error_code?: unknown };
  return code === undefined || code === 'ENDPOINT_NOT_FOUND';
}
