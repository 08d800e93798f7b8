import { createStream, type RotatingFileStream } from 'rotating-file-stream';

/** Milliseconds until a failed write to a log is retried. */
const RETRY_AFTER = 10_000;

/** The destination of a log: rotating files. A full disk only loses lines. */
export class LogFile {
  private readonly folder: string;
  private readonly name: string;
  private stream: RotatingFileStream | undefined;
  private retryAt = 0;
  private lost = 0;

  constructor(folder: string, name: string) {
    this.folder = folder;
    this.name = name;
  }

  write(line: string): void {
    const stream = this.open();
    if (!stream) {
      this.lost++;
      return;
    }
    if (this.lost > 0)
      stream.write(`${JSON.stringify({ level: 40, time: Date.now(), msg: this.lostLines() })}\n`);
    this.lost = 0;
    stream.write(line);
  }

  private lostLines(): string {
    return `${this.lost} log lines were lost here`;
  }

  private open(): RotatingFileStream | undefined {
    if (this.stream || Date.now() < this.retryAt) return this.stream;
    const stream = createStream(this.name, { path: this.folder, size: '5M', maxFiles: 3, mode: 0o600 });
    const failed = () => {
      if (this.stream !== stream) return;
      this.stream = undefined;
      this.retryAt = Date.now() + RETRY_AFTER;
      this.lost++;
      stream.destroy();
    };
    stream.on('error', failed);
    this.stream = stream;
    return stream;
  }
}
