import { type ErrorData, hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { API, type Discovery } from './contract.js';
import { ensureServer, type LaunchOptions } from './launch.js';

export interface Call {
  method?: string;
  query?: Record<string, string | number>;
  body?: unknown;
  signal?: AbortSignal;
  /** May be sent twice without harm; then a lost server is started again and asked once more. */
  repeatable?: boolean;
}

/** Requests to the local server, which it starts when it is needed. */
export class Connection {
  private readonly launch: LaunchOptions;
  private server: Promise<Discovery> | undefined;

  constructor(launch: LaunchOptions) {
    this.launch = launch;
  }

  get<T>(path: string, query: Call['query'] = {}, signal?: AbortSignal): Promise<T> {
    return this.send(path, { query, signal, repeatable: true }, json<T>);
  }

  async post(path: string, body: unknown = {}, signal?: AbortSignal): Promise<void> {
    await this.send(path, { method: 'POST', body, signal, repeatable: true }, json);
  }

  bytes(route: string, path: string, signal?: AbortSignal, mostBytes = Infinity): Promise<Uint8Array> {
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
  async send<T>(path: string, call: Call, read: (response: Response) => Promise<T>): Promise<T> {
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
            hint: 'Try again. See the server log for details.',
            cause,
          },
        );
      }
    }
  }

  /** The next request looks for the server again. */
  forget(): void {
    this.server = undefined;
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
export const asItIs = (response: Response) => Promise.resolve(response);

export async function json<T>(response: Response): Promise<T> {
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
