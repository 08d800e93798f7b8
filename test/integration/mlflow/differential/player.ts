import http from 'node:http';
import { isObject } from '../../../../src/base/json.js';

/**
 * One request of the corpus: `METHOD path` (below /api/2.0/mlflow unless it begins with a slash), its fields (of the
 * query for GET, else of the body; a text is a query or a body as it stands) and what else there is to say of it.
 * `$name` in any text is what an answer before was saved as, `{x*9}` nine times x, and `{"$times": n, "$item": …}` a list
 * of n, in which `#` is the place in the list.
 */
export type Step = [call: string, fields?: unknown, more?: More];

interface More {
  /** Name → path into the answer, such as `run.info.run_id`. */
  save?: Record<string, string>;
  /** Instead of application/json; '' for none. */
  type?: string;
  /** Why the answers differ and are meant to: a name of the list in meant.ts. */
  differs?: string;
}

export interface Answer {
  status: number;
  /** JSON, or the text when it is none; without what has to differ. */
  body: unknown;
}

export interface Side {
  port: number;
  headers?: Record<string, string>;
}

const TIMES = /^(creation|last_updated?)_(time|timestamp|timestamp_ms)$/;
/** Lists in which no order is promised, some of them only within `data`. */
const UNORDERED = ['tags', 'data.tags', 'data.params', 'data.metrics', 'aliases', 'latest_versions'];

/** Plays requests at one server, one after another, and keeps what they saved. */
export class Player {
  private readonly side: Side;
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  private readonly saved = new Map<string, string>();

  constructor(side: Side) {
    this.side = side;
  }

  close(): void {
    this.agent.destroy();
  }

  async play([call, given, { save = {}, type = 'application/json' } = {}]: Step): Promise<Answer> {
    const [method = '', at = ''] = (this.fill(call) as string).split(' ');
    const fields = this.fill(given ?? undefined);
    const path = at.startsWith('/') ? at : `/api/2.0/mlflow/${at}`;
    const { status, text } =
      method === 'GET'
        ? await this.send(method, path + query(fields))
        : await this.send(method, path, {
            type,
            text: typeof fields === 'string' ? fields : JSON.stringify(fields),
          });
    const body = parse(text);
    for (const [name, where] of Object.entries(save)) {
      const value = where
        .split('.')
        .reduce<unknown>((from, key) => (isObject(from) ? from[key] : undefined), body);
      if (typeof value === 'string') this.saved.set(name, value);
      else this.saved.delete(name);
    }
    return { status, body: this.comparable(body) };
  }

  private fill(value: unknown): unknown {
    if (typeof value === 'string')
      return value
        .replace(/\{([^{}]+)\*(\d+)\}/g, (_, text: string, times: string) => text.repeat(Number(times)))
        .replace(/\$(\w+)/g, (whole, name: string) => this.saved.get(name) ?? whole);
    if (Array.isArray(value)) return value.map((item) => this.fill(item));
    if (!isObject(value)) return value;
    if ('$times' in value) {
      const item = JSON.stringify(value.$item);
      const items = Array.from({ length: Number(value.$times) }, (_, i) => item.replaceAll('#', String(i)));
      return this.fill(items.map((text) => JSON.parse(text) as unknown));
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.fill(item)]));
  }

  /** Without what has to differ: ids, times, chosen names, tokens, the order of what has none, what a database says. */
  private comparable(value: unknown, key = ''): unknown {
    if (TIMES.test(key) && typeof value === 'number') return '<time>';
    if (key === 'next_page_token') return '<token>';
    if (typeof value === 'string') return this.comparableText(value);
    if (typeof value === 'number') return comparableNumber(value);
    if (Array.isArray(value)) {
      const items = value.map((item) => this.comparable(item));
      return UNORDERED.includes(key)
        ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        : items;
    }
    if (!isObject(value)) return value;
    const entries = Object.entries(value)
      .filter(([name, item]) => !['sqlstate', 'error_class'].includes(name) && !isEmptyOutput(name, item))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, this.comparable(item, key === 'data' ? `data.${name}` : name)] as const);
    return Object.fromEntries(entries);
  }

  private comparableText(value: string): string {
    let text = value.replace(/ Error: \((?:sqlite3|raised)[^]*$/, '');
    for (const [name, id] of this.saved) if (id.length >= 32) text = text.replaceAll(id, `$${name}`);
    return text.replace(/\b[a-z]+-[a-z]+-\d{1,4}\b/g, '<name>').replace(/\b[0-9a-f]{32}\b/g, '<id>');
  }

  private send(
    method: string,
    path: string,
    body?: { type: string; text: string | undefined },
  ): Promise<{ status: number; text: string }> {
    const headers: Record<string, string | number> = { ...this.side.headers };
    if (body?.type) headers['content-type'] = body.type;
    if (body) headers['content-length'] = Buffer.byteLength(body.text ?? '');
    return new Promise((resolve, reject) => {
      const request = http.request(
        { host: '127.0.0.1', port: this.side.port, agent: this.agent, method, path, headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      request.once('error', reject);
      request.end(body?.text);
    });
  }
}

/** A database has no infinities, so MLflow's server gives the largest double instead; beyond 2^53 we keep the nearest one. */
function comparableNumber(value: number): unknown {
  if (Math.abs(value) === Number.MAX_VALUE) return value > 0 ? 'Infinity' : '-Infinity';
  return Math.abs(value) > 2 ** 62 && Number.isInteger(value) && Math.abs(value) < 2 ** 64
    ? '<about 2^63>'
    : value;
}

/** MLflow's server knows runs without outputs with and without an empty object of them. */
function isEmptyOutput(name: string, item: unknown): boolean {
  return name === 'outputs' && isObject(item) && Object.keys(item).length === 0;
}

/** Python writes NaN and Infinity as bare words; an empty answer is as good as an empty object to every client. */
function parse(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text.replace(/:\s?(-?Infinity|NaN)\b/g, ': "$1"')) as unknown;
  } catch {
    return text;
  }
}

function query(fields: unknown): string {
  if (fields === undefined) return '';
  if (typeof fields === 'string') return `?${fields}`;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(fields as object))
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  return `?${search.toString()}`;
}
