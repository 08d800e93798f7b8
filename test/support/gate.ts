import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a server of this machine: counts requests, cuts answers, and can be away for a while. */
export class Gate {
  /** `METHOD /path`, with the bytes that were asked for. */
  readonly requests: string[] = [];
  /** Answers are cut after so many bytes, this often. */
  cutAfter = Infinity;
  cuts = 0;
  /** Done before a request is passed on. */
  before: (request: http.IncomingMessage) => Promise<void> = () => Promise.resolve();
  /** The path that is asked for in the place of one. */
  rewrite: (path: string) => string = (path) => path;
  private readonly to: number;
  private port = 0;
  private server: http.Server | undefined;

  constructor(to: number) {
    this.to = to;
  }

  /** @returns its address */
  async open(): Promise<string> {
    const server = http.createServer((request, response) => void this.pass(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on connections are refused, until `open`. */
  async shut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  /** Requests of a method whose path has these words. */
  count(method: string, words = ''): number {
    return this.requests.filter((each) => each.startsWith(`${method} `) && each.includes(words)).length;
  }

  private async pass(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method, headers } = request;
    const url = this.rewrite(request.url ?? '/');
    const range = headers['range'] ?? headers['x-ms-range'];
    this.requests.push([method, url, range].filter(Boolean).join(' '));
    await this.before(request);
    const passed = http.request(
      { host: '127.0.0.1', port: this.to, path: url, method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        // Only what has a body worth cutting.
        if (method !== 'GET' || this.cuts <= 0 || Number(answer.headers['content-length']) <= this.cutAfter)
          return void answer.pipe(response);
        this.cuts--;
        let left = this.cutAfter;
        answer.on('data', (bytes: Buffer) => {
          if (left > 0) response.write(bytes.subarray(0, left));
          left -= bytes.length;
          // What was written is to arrive.
          if (left <= 0) setTimeout(() => response.destroy(), 200);
        });
      },
    );
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  }
}
