import net from 'node:net';
import { once } from 'node:events';

interface Message {
  seq: number;
  type: 'request' | 'response' | 'event';
  command?: string;
  event?: string;
  request_seq?: number;
  success?: boolean;
  message?: string;
  body?: unknown;
}

/** A debugger's client, as an editor has one: the Debug Adapter Protocol over a connection. */
export class DebugClient {
  private readonly socket: net.Socket;
  private readonly seen: Message[] = [];
  private readonly waiting = new Set<() => void>();
  private received = Buffer.alloc(0);
  private sent = 0;

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('close', () => this.wake());
    // Who waits for an answer is told when it closes.
    socket.on('error', () => socket.destroy());
  }

  static async connect({ host, port }: { host: string; port: number }): Promise<DebugClient> {
    const socket = net.connect(port, host);
    await once(socket, 'connect');
    const client = new DebugClient(socket);
    await client.request('initialize', {
      clientID: 'test',
      adapterID: 'debugpy',
      linesStartAt1: true,
      columnsStartAt1: true,
      pathFormat: 'path',
    });
    return client;
  }

  /** Attaches as a configuration says, with breakpoints in files of the person. The job goes on. */
  async attach(configuration: object, breakpoints: Readonly<Record<string, number[]>>): Promise<void> {
    const attached = this.request('attach', configuration);
    await this.event('initialized');
    for (const [file, lines] of Object.entries(breakpoints))
      await this.request('setBreakpoints', {
        source: { path: file },
        breakpoints: lines.map((line) => ({ line })),
      });
    await this.request('configurationDone', {});
    await attached;
  }

  /** The file and line where the job stopped, and its thread. */
  async stopped(): Promise<{ file: string; line: number; threadId: number; frameId: number }> {
    const { threadId } = await this.event<{ threadId: number }>('stopped');
    const { stackFrames } = await this.request<{
      stackFrames: { id: number; line: number; source: { path: string } }[];
    }>('stackTrace', { threadId });
    const [top] = stackFrames;
    if (!top) throw new Error('The job stopped nowhere.');
    return { file: top.source.path, line: top.line, threadId, frameId: top.id };
  }

  async evaluate(expression: string, frameId: number): Promise<string> {
    return (await this.request<{ result: string }>('evaluate', { expression, frameId })).result;
  }

  async request<T = unknown>(command: string, args: object): Promise<T> {
    const seq = ++this.sent;
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    const answer = await this.next((message) => message.request_seq === seq);
    if (!answer.success) throw new Error(`${command}: ${answer.message}`);
    return answer.body as T;
  }

  async event<T = unknown>(name: string): Promise<T> {
    return (await this.next(({ event }) => event === name)).body as T;
  }

  close(): void {
    this.socket.destroy();
  }

  private async next(isIt: (message: Message) => boolean): Promise<Message> {
    for (const end = Date.now() + 60_000; ;) {
      const at = this.seen.findIndex(isIt);
      if (at >= 0) return this.seen.splice(at, 1)[0] as Message;
      if (this.socket.destroyed || Date.now() > end)
        throw new Error(`The debugger did not answer. It said: ${JSON.stringify(this.seen).slice(0, 2000)}`);
      await new Promise<void>((resolve) => {
        const wake = () => (clearTimeout(timer), this.waiting.delete(wake), resolve());
        const timer = setTimeout(wake, 1000);
        this.waiting.add(wake);
      });
    }
  }

  private receive(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (;;) {
      const head = this.received.indexOf('\r\n\r\n');
      if (head < 0) break;
      const length = Number(/Content-Length: (\d+)/i.exec(this.received.subarray(0, head).toString())?.[1]);
      const end = head + 4 + length;
      if (this.received.length < end) break;
      this.seen.push(JSON.parse(this.received.subarray(head + 4, end).toString()) as Message);
      this.received = this.received.subarray(end);
    }
    this.wake();
  }

  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }
}
