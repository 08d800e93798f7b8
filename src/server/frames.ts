/** Frames that wait for the next answer; more are only there while more answers are sent at once. */
const KEPT = 2;
/** Numbers that a frame holds at most from one answer to the next: 8 MB. */
const LARGEST = 1024 * 1024;

/** Memory for the numbers of one answer. */
export class Frame {
  private memory = new Float64Array(0);
  private used = 0;

  /** What the array holds is left from before. */
  readonly take = (length: number): Float64Array<ArrayBuffer> => {
    const start = this.used;
    this.used += length;
    return this.used <= this.memory.length
      ? this.memory.subarray(start, this.used)
      : new Float64Array(length);
  };

  /** Makes all of it free, and room for as much as was taken. */
  clear(): void {
    if (this.used > this.memory.length) this.memory = new Float64Array(Math.min(this.used, LARGEST));
    this.used = 0;
  }
}

/**
 * Memory that is used again once an answer is sent. Arrays of megabytes for each answer make V8 look through its whole
 * heap every few answers, which takes longer than to fill them.
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
