import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StorageServer } from './storage.js';

interface Entry {
  content: Buffer;
  isFolder: boolean;
  etag: string;
  metadata: Record<string, string>;
  /** Appended, and not flushed yet. */
  appended: Buffer[];
}

export const LAKE_ACCOUNT = 'lake';
export const LAKE_KEY = Buffer.from('the key of the account of tests').toString('base64');
/** The service has 5,000. */
const PAGE = 5000;

/**
 * As much of Azure Data Lake Storage Gen2 as its library needs of one, by the published REST contract (version 2021 and later):
 * Path Create, Update (append, flush) and List of the file system's endpoint, Get Blob and Get Blob Properties of that for
 * blobs, folders as entries of their own, conditions by ETag, and requests signed by the key of the account. Azurite has no such
 * endpoint.
 */
export class DataLakeServer implements StorageServer {
  port = 0;
  url = '';
  readonly filesystems = new Map<string, Map<string, Entry>>();
  private readonly server = http.createServer((request, response) => void this.answer(request, response));
  private version = 0;

  static async open(filesystem: string): Promise<DataLakeServer> {
    const lake = new DataLakeServer();
    lake.filesystems.set(filesystem, new Map());
    await new Promise<void>((resolve) => lake.server.listen(0, '127.0.0.1', resolve));
    lake.port = (lake.server.address() as AddressInfo).port;
    lake.url = `http://127.0.0.1:${lake.port}`;
    return lake;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  put(filesystem: string, path: string, content: Buffer, isFolder = false, metadata = {}): Entry {
    const entries = this.filesystems.get(filesystem)!;
    // Folders are made on the way.
    for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1))
      if (!entries.has(path.slice(0, end))) this.put(filesystem, path.slice(0, end), Buffer.alloc(0), true);
    const etag = `"0x8D${(++this.version).toString(16).toUpperCase().padStart(12, '0')}"`;
    const entry: Entry = { content, isFolder, etag, metadata, appended: [] };
    entries.set(path, entry);
    return entry;
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', this.url);
    const refuse = (status: number, code: string) => {
      const body = JSON.stringify({ error: { code, message: `${code}.\nTime: now` } });
      response.writeHead(status, { 'x-ms-error-code': code, 'content-type': 'application/json' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    if (signatureOf(request, url) !== request.headers.authorization)
      return refuse(403, 'AuthenticationFailed');
    const [, account, filesystem = '', ...below] = url.pathname.split('/').map(decodeURIComponent);
    const entries = this.filesystems.get(filesystem);
    if (account !== LAKE_ACCOUNT) return refuse(400, 'InvalidUri');
    const isBlob =
      request.method === 'HEAD' || (request.method === 'GET' && !url.searchParams.has('resource'));
    if (!entries) return refuse(404, isBlob ? 'ContainerNotFound' : 'FilesystemNotFound');
    const path = below.join('/');
    if (url.searchParams.get('resource') === 'filesystem') return this.list(entries, url, response, refuse);
    const entry = entries.get(path);
    const { headers } = request;
    if (request.method === 'PUT') {
      const isFolder = url.searchParams.get('resource') === 'directory';
      const properties = String(headers['x-ms-properties'] ?? '')
        .split(',')
        .filter(Boolean);
      const metadata = properties.map((pair): [string, string] => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), Buffer.from(pair.slice(at + 1), 'base64').toString()];
      });
      const made = this.put(filesystem, path, Buffer.alloc(0), isFolder, Object.fromEntries(metadata));
      return void response.writeHead(201, { etag: made.etag }).end();
    }
    if (!entry) return refuse(404, isBlob ? 'BlobNotFound' : 'PathNotFound');
    if (request.method === 'PATCH') {
      const position = Number(url.searchParams.get('position'));
      const length = entry.appended.reduce((all, { length }) => all + length, 0);
      if (url.searchParams.get('action') === 'append') {
        entry.appended[position] = Buffer.concat(chunks);
        return void response.writeHead(202).end();
      }
      if (position !== length) return refuse(400, 'InvalidFlushPosition');
      entry.content = Buffer.concat(Object.values(entry.appended));
      return void response.writeHead(200, { etag: entry.etag }).end();
    }
    if (headers['if-match'] && headers['if-match'] !== entry.etag) return refuse(412, 'ConditionNotMet');
    const [, from = '0'] =
      /^bytes=(\d+)-/.exec(String(headers['x-ms-range'] ?? headers['range'] ?? '')) ?? [];
    const isPart = headers['x-ms-range'] !== undefined || headers['range'] !== undefined;
    if (isPart && Number(from) > 0 && Number(from) >= entry.content.length)
      return refuse(416, 'InvalidRange');
    const metadata = { ...entry.metadata, ...(entry.isFolder && { hdi_isfolder: 'true' }) };
    response.writeHead(isPart ? 206 : 200, {
      'content-length': entry.content.length - Number(from),
      'last-modified': new Date(0).toUTCString(),
      'x-ms-blob-type': 'BlockBlob',
      ...(isPart && { 'content-range': `bytes ${from}-${entry.content.length - 1}/${entry.content.length}` }),
      ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-ms-meta-${key}`, value])),
      etag: entry.etag,
    });
    response.end(request.method === 'HEAD' ? undefined : entry.content.subarray(Number(from)));
  }

  private list(
    entries: ReadonlyMap<string, Entry>,
    url: URL,
    response: http.ServerResponse,
    refuse: (status: number, code: string) => void,
  ): void {
    const folder = url.searchParams.get('directory') ?? '';
    if (folder !== '' && !entries.has(folder)) return refuse(404, 'PathNotFound');
    const names = [...entries.keys()].filter((name) => folder === '' || name.startsWith(`${folder}/`)).sort();
    const start = Number(url.searchParams.get('continuation') ?? 0);
    const paths = names.slice(start, start + PAGE).map((name) => {
      const { isFolder, content, etag } = entries.get(name)!;
      return {
        ...{ name, etag: etag.replaceAll('"', ''), lastModified: new Date(0).toUTCString() },
        ...{ contentLength: String(content.length), ...(isFolder && { isDirectory: 'true' }) },
      };
    });
    const more = start + PAGE < names.length ? { 'x-ms-continuation': String(start + PAGE) } : {};
    response.writeHead(200, { 'content-type': 'application/json', ...more }).end(JSON.stringify({ paths }));
  }
}

/** “Authorize with Shared Key” of Azure Storage’s REST reference. */
function signatureOf({ method = '', headers }: http.IncomingMessage, url: URL): string {
  const of = (name: string) => String(headers[name] ?? '');
  const length = of('content-length') === '0' ? '' : of('content-length');
  const own = Object.keys(headers)
    .filter((name) => name.startsWith('x-ms-'))
    .sort()
    .map((name) => `${name}:${of(name)}\n`);
  const query = [...url.searchParams].map(([name, value]) => `\n${name.toLowerCase()}:${value}`).sort();
  const text = [
    ...[
      method,
      of('content-encoding'),
      of('content-language'),
      length,
      of('content-md5'),
      of('content-type'),
    ],
    ...[of('date'), of('if-modified-since'), of('if-match'), of('if-none-match'), of('if-unmodified-since')],
    of('range'),
    `${own.join('')}/${LAKE_ACCOUNT}${url.pathname}${query.join('')}`,
  ].join('\n');
  const signature = createHmac('sha256', Buffer.from(LAKE_KEY, 'base64'))
    .update(text, 'utf8')
    .digest('base64');
  return `SharedKey ${LAKE_ACCOUNT}:${signature}`;
}
