import type { FromCharts, ToCharts } from '../../src/panels/messages.js';

/** Images whose bytes are kept. A small copy has some 10 kB, so this is a few megabytes. */
const MOST_IMAGES = 200;
const MOST_BYTES = 64e6;
/** Requests on their way at the same time. */
const IN_FLIGHT = 4;

type Answer = Extract<ToCharts, { type: 'image' }>;

interface Cached {
  url: string;
  bytes: number;
}

interface Wish {
  runId: string;
  path: string;
  settle: (url: string) => void;
  fail: (message: string) => void;
}

/** URLs of images from the host, most recently used last. The least recently used are evicted. */
export class ImageCache {
  readonly #post: (message: FromCharts) => void;
  readonly #cached = new Map<string, Cached>();
  #bytes = 0;
  /** Pending requests by owner; only the last one of each counts. */
  readonly #wishes = new Map<object, Wish>();
  readonly #inFlight = new Map<string, Wish[]>();

  constructor(post: (message: FromCharts) => void) {
    this.#post = post;
  }

  get(runId: string, path: string): string | undefined {
    const name = nameOf(runId, path);
    const found = this.#cached.get(name);
    if (!found) return undefined;
    this.#cached.delete(name);
    this.#cached.set(name, found);
    return found.url;
  }

  /** Fetches an image for `owner`. Drops its earlier requests that were not sent yet. */
  want(owner: object, wish: Wish): void {
    this.#wishes.delete(owner);
    this.#wishes.set(owner, wish);
    this.#ask();
  }

  /** `owner` needs nothing any more. */
  leave(owner: object): void {
    this.#wishes.delete(owner);
  }

  receive(answer: Answer): void {
    const name = nameOf(answer.runId, answer.path);
    const waiting = this.#inFlight.get(name) ?? [];
    this.#inFlight.delete(name);
    if ('error' in answer) waiting.forEach(({ fail }) => fail(answer.error.message));
    else {
      const url = this.#keep(name, answer.path, answer.bytes);
      waiting.forEach(({ settle }) => settle(url));
    }
    this.#ask();
  }

  /** Earlier requests will not be answered. */
  restart(): void {
    const lost = [...this.#inFlight.values()].flat();
    this.#inFlight.clear();
    for (const wish of lost) this.#wishes.set(wish, wish);
    this.#ask();
  }

  #ask(): void {
    for (const [owner, wish] of this.#wishes) {
      const name = nameOf(wish.runId, wish.path);
      const url = this.get(wish.runId, wish.path);
      const asked = this.#inFlight.get(name);
      if (url === undefined && !asked && this.#inFlight.size >= IN_FLIGHT) continue;
      this.#wishes.delete(owner);
      if (url !== undefined) wish.settle(url);
      else if (asked) asked.push(wish);
      else {
        this.#inFlight.set(name, [wish]);
        this.#post({ type: 'fetchImage', runId: wish.runId, path: wish.path });
      }
    }
  }

  #keep(name: string, path: string, bytes: Uint8Array): string {
    const type = `image/${path.slice(path.lastIndexOf('.') + 1).toLowerCase()}`.replace('/jpg', '/jpeg');
    const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
    this.#drop(name);
    this.#cached.set(name, { url, bytes: bytes.length });
    this.#bytes += bytes.length;
    // An image that is on the page stays there: it was decoded.
    for (const oldest of this.#cached.keys()) {
      if (oldest === name || (this.#cached.size <= MOST_IMAGES && this.#bytes <= MOST_BYTES)) break;
      this.#drop(oldest);
    }
    return url;
  }

  #drop(name: string): void {
    const found = this.#cached.get(name);
    if (!found) return;
    this.#cached.delete(name);
    this.#bytes -= found.bytes;
    URL.revokeObjectURL(found.url);
  }
}

function nameOf(runId: string, path: string): string {
  return `${runId}\0${path}`;
}
