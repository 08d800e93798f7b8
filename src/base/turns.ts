/** Lets a limited number of things go on at once. The others wait in the order in which they came. */
export class Turns {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.free = atOnce;
  }

  /** Whoever comes now has to wait. */
  get isFull(): boolean {
    return this.free === 0;
  }

  /** Runs `what` when its turn has come. @throws the reason of `signal` when that is aborted before */
  async take<T>(signal: AbortSignal, what: () => Promise<T>): Promise<T> {
    await this.turn(signal);
    try {
      return await what();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }

  private async turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.free > 0) {
      this.free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(signal.reason as Error);
      };
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      this.waiting.push(go);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
