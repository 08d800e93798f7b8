import type { FastifyReply } from 'fastify';
import type { RunPart, WorkspaceEvent } from '../../workspace/types.js';
import type { Store, StoreChange } from '../store/store.js';

/** Milliseconds within which changes of one run become one event. */
const QUIET = 100;
const HEARTBEAT = 15_000;
/** Bytes that a listener may lag behind before it is disconnected; it then reconnects and reloads. */
const SLOW = 1024 * 1024;

/** Sends changes of the store to every listener (server-sent events). */
export class EventHub {
  private readonly listeners = new Set<FastifyReply>();
  private readonly stopStore: () => void;
  private readonly runs = new Map<string, { experimentId: string; parts: Set<RunPart> }>();
  private readonly others = new Set<'experiments' | 'models' | 'data' | 'environments'>();
  private timer: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(store: Store) {
    this.stopStore = store.onChange((change) => this.note(change));
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  /** Keeps the response open until the client disconnects. */
  listen(reply: FastifyReply): void {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    raw.write(': hello\n\n');
    this.listeners.add(reply);
    this.heartbeat ??= setInterval(() => this.send(': still here\n\n'), HEARTBEAT);
    raw.on('close', () => this.drop(reply));
  }

  private drop(reply: FastifyReply): void {
    this.listeners.delete(reply);
    if (this.listeners.size > 0) return;
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
  }

  private note(change: StoreChange): void {
    if (this.listeners.size === 0) return;
    if (change.type === 'run') {
      const known = this.runs.get(change.runId);
      if (known) known.parts.add(change.part);
      else this.runs.set(change.runId, { experimentId: change.experimentId, parts: new Set([change.part]) });
    } else this.others.add(change.type);
    this.timer ??= setTimeout(() => this.flush(), QUIET);
  }

  private flush(): void {
    this.timer = undefined;
    const events: WorkspaceEvent[] = [...this.others].map((type) => ({ type }));
    for (const [runId, { experimentId, parts }] of this.runs)
      events.push({ type: 'run', runId, experimentId, parts: [...parts] });
    this.runs.clear();
    this.others.clear();
    this.send(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
  }

  private send(text: string): void {
    for (const reply of this.listeners) {
      if (reply.raw.writableLength > SLOW) reply.raw.destroy();
      else reply.raw.write(text);
    }
  }

  close(): void {
    this.stopStore();
    clearTimeout(this.timer);
    for (const reply of this.listeners) reply.raw.end();
  }
}
