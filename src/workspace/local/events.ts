import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import type { WorkspaceEvent } from '../types.js';

const FIRST_WAIT = 250;
const LONGEST_WAIT = 10_000;

/** Server-sent events for as long as somebody listens, over lost connections too. */
export class EventStream {
  private readonly listeners = new Set<(event: WorkspaceEvent) => void>();
  private readonly open: (signal: AbortSignal) => Promise<Response>;
  private connection: AbortController | undefined;

  constructor(open: (signal: AbortSignal) => Promise<Response>) {
    this.open = open;
  }

  listen(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    this.listeners.add(listener);
    if (!this.connection) {
      this.connection = new AbortController();
      void this.run(this.connection.signal);
    }
    return {
      dispose: () => {
        this.listeners.delete(listener);
        if (this.listeners.size > 0) return;
        this.connection?.abort();
        this.connection = undefined;
      },
    };
  }

  private async run(signal: AbortSignal): Promise<void> {
    let wait = FIRST_WAIT;
    for (let first = true; !signal.aborted; first = false) {
      try {
        const response = await this.open(signal);
        wait = FIRST_WAIT;
        if (!first) this.tell({ type: 'reset' });
        await this.read(response);
      } catch {
        // What was lost is told by 'reset' once there is a connection again; views show their own errors.
        if (signal.aborted) return;
      }
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  private async read(response: Response): Promise<void> {
    const parser = createParser({ onEvent: ({ data }) => this.tell(JSON.parse(data) as WorkspaceEvent) });
    const decoder = new TextDecoder();
    if (!response.body) return;
    for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
  }

  private tell(event: WorkspaceEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
