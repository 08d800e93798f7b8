/** Frames kept for the next response; more only exist while more responses are being sent. */
const KEPT = 2;
/** Most numbers that a frame keeps between responses: 8 MB. */
const LARGEST = 1024 * 1024;

/** Memory for the numbers of one response. */
export class Frame {
  private memory = new Float64Array(0);
  private used = 0;

  /** The array contains old data. */
  readonly take = (length: number): Float64Array<ArrayBuffer> => {
    const start = this.used;
    this.used += length;
    return this.used <= this.memory.length
      ? this.memory.subarray(start, this.used)
      : new Float64Array(length);
  };

  /** Frees all of it, and grows it to the size last used. */
  clear(): void {
    if (this.used > this.memory.length) this.memory = new Float64Array(Math.min(this.used, LARGEST));
    this.used = 0;
  }
}

/**
 * Memory that is reused once a response is sent. Allocating megabytes for each response makes V8 collect its whole heap
 * every few responses, which takes longer than filling them.
 */
export class Frames {
  private readonly free: Frame[] = [];

  borrow(): Frame {
    return this.free.pop() ?? new Frame();
  }

  giveBack(frame: Frame): void {
    frame.clear();
    if (this.free.length < KEPT) this.free.push(frame);
  }
}
