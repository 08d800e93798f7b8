import { TrainyardError } from '../../base/errors.js';
import { ChangedError, type FileBody, type Source, type SourceFile } from './source.js';

/** Answers after which it is worth to try again. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Servers answer these to HEAD although GET works. */
const NO_HEAD = new Set([400, 403, 405, 501]);
/** Compressed on the way, a length and a range would mean something else. */
const HEADERS = { 'accept-encoding': 'identity' };

/** A file of a web server. */
export class HttpSource implements Source {
  readonly uri: string;
  readonly kind = 'http';
  readonly isFile = true;
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
    this.uri = withoutSecrets(url);
  }

  async list(signal: AbortSignal): Promise<SourceFile[]> {
    let response = await this.ask('HEAD', signal);
    if (NO_HEAD.has(response.status)) {
      response = await this.ask('GET', signal);
      await response.body?.cancel();
    }
    this.requireOk(response);
    const { headers } = response;
    const length = headers.get('content-length');
    const etag = tagOf(headers);
    return [
      {
        path: nameIn(this.url),
        ...(length !== null && !headers.has('content-encoding') && { bytes: Number(length) }),
        ...(etag !== undefined && { etag }),
      },
    ];
  }

  async read({ path, etag, bytes }: SourceFile, from: number, signal: AbortSignal): Promise<FileBody> {
    const canGoOn = from > 0 && etag !== undefined && !etag.startsWith('W/');
    const response = await this.ask('GET', signal, {
      ...(canGoOn && { range: `bytes=${from}-`, 'if-range': etag }),
    });
    const { status, headers, body } = response;
    if (status === 416) throw new ChangedError(path);
    this.requireOk(response);
    const length = headers.get('content-length');
    const isOther =
      tagOf(headers) !== etag ||
      (status === 200 && bytes !== undefined && length !== null && Number(length) !== bytes);
    if (isOther) {
      await body?.cancel();
      throw new ChangedError(path);
    }
    const [, first] = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '') ?? [];
    return { from: status === 206 ? Number(first ?? from) : 0, body: body ?? none() };
  }

  private ask(method: string, signal: AbortSignal, more: Record<string, string> = {}): Promise<Response> {
    return fetch(withoutUser(this.url), {
      method,
      signal,
      headers: { ...HEADERS, ...userOf(this.url), ...more },
    });
  }

  private requireOk({ ok, status, statusText }: Response): void {
    if (ok) return;
    const words = `The server answered ${status}${statusText && ` ${statusText}`}.`;
    if (PASSING.has(status)) throw new Error(words);
    if (status === 404 || status === 410)
      throw new TrainyardError('NOT_FOUND', `There is nothing at ${this.uri}. ${words}`, {
        hint: 'Check the address.',
      });
    throw new TrainyardError('FORBIDDEN', `${this.uri} cannot be read. ${words}`, {
      hint: 'Check whether the address needs a login, and whether it has expired.',
    });
  }
}

/** An ETag, else the time of the last change; both may stand in If-Range. */
function tagOf(headers: Headers): string | undefined {
  return headers.get('etag') ?? headers.get('last-modified') ?? undefined;
}

function nameIn(url: string): string {
  const last = new URL(url).pathname.split('/').filter(Boolean).at(-1) ?? '';
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch (error) {
    // A `%` that encodes nothing belongs to the name.
    if (!(error instanceof URIError)) throw error;
  }
  const plain = name.replaceAll(/[\\/:*?"<>|\0]/g, '_');
  return /^\.*$/.test(plain) ? 'data' : plain;
}

/** Signatures in the query and passwords are none of a run's business. */
function withoutSecrets(url: string): string {
  const shown = new URL(withoutUser(url));
  for (const key of shown.searchParams.keys())
    if (/^(sig|signature|token|key|.*[-_](signature|token|credential|key))$/i.test(key))
      shown.searchParams.set(key, '…');
  return shown.href.replaceAll(encodeURIComponent('…'), '…');
}

function withoutUser(url: string): string {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain.href;
}

function userOf(url: string): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

async function* none(): AsyncGenerator<Uint8Array> {}
