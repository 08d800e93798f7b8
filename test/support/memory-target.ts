import type {
  Collected,
  EndedStatus,
  Handle,
  Job,
  OutputSink,
  Target,
  TargetStatus,
} from '../../src/targets/target.js';

/** A job that a test moves on. */
export interface MemoryJob {
  job: Job;
  secrets: Readonly<Record<string, string>>;
  status: TargetStatus;
  log: string;
  files: Record<string, string>;
  cancelled: boolean;
}

type Verb = 'start' | 'status' | 'log' | 'cancel' | 'collect' | 'validate' | 'describe';
type Fault = { error: Error; after?: boolean };

/** A target without processes: a test says what becomes of its jobs, and which calls go wrong. */
export class MemoryTarget implements Target {
  readonly kind = 'memory';
  readonly pollEvery = 10;
  readonly name: string;
  readonly jobs = new Map<string, MemoryJob>();
  /** Every call, in order. */
  readonly calls: Verb[] = [];
  readonly released: string[] = [];
  problems: string[] = [];
  places = 2;
  /** What calls of a verb come to, one after the other. */
  private readonly faults = new Map<Verb, Fault[]>();
  private down: Error | undefined;

  constructor(name = 'memory') {
    this.name = name;
  }

  /** No call arrives until `restore`. */
  cut(why: string): void {
    this.down = new Error(why);
  }

  restore(): void {
    this.down = undefined;
  }

  /** The next call of a verb goes wrong; with `after` it has done what it was asked for by then. */
  failNext(verb: Verb, error: Error, after = false): void {
    this.faults.set(verb, [...(this.faults.get(verb) ?? []), { error, after }]);
  }

  get(id: string): MemoryJob {
    const job = this.jobs.get(id);
    if (!job) throw new Error(`${this.name} has no job ${id}.`);
    return job;
  }

  run(id: string): void {
    this.get(id).status = { state: 'running', startedAt: Date.now() };
  }

  end(id: string, how: Partial<EndedStatus> = {}): void {
    this.get(id).status = { state: 'ended', endedAt: Date.now(), exitCode: 0, cause: 'exit', ...how };
  }

  describe() {
    const { name, kind } = this;
    return this.call('describe', () => ({ name, kind, label: name, detail: 'in memory', ready: true }));
  }

  slots(): number {
    return this.places;
  }

  validate(): Promise<string[]> {
    return this.call('validate', () => this.problems);
  }

  plan({ id }: Job): Handle {
    return { id };
  }

  start(job: Job, { id }: Handle, secrets: Readonly<Record<string, string>>): Promise<void> {
    return this.call('start', () => {
      if (this.jobs.has(String(id))) return;
      const files = {};
      this.jobs.set(String(id), {
        job,
        secrets,
        status: { state: 'starting' },
        log: '',
        files,
        cancelled: false,
      });
    });
  }

  status(handles: readonly Handle[]): Promise<TargetStatus[]> {
    return this.call('status', () =>
      handles.map(({ id }) => this.jobs.get(String(id))?.status ?? { state: 'planned' }),
    );
  }

  log({ id }: Handle, from: number): Promise<Uint8Array> {
    // A few bytes at a time, as over a slow line.
    return this.call('log', () => Buffer.from(this.jobs.get(String(id))?.log ?? '').subarray(from, from + 5));
  }

  cancel({ id }: Handle): Promise<void> {
    return this.call('cancel', () => {
      const job = this.jobs.get(String(id));
      if (job) job.cancelled = true;
    });
  }

  async collect({ id }: Handle, sink: OutputSink): Promise<Collected> {
    const fault = this.fault('collect');
    for (const [name, text] of Object.entries(this.get(String(id)).files)) {
      await sink.file(name, Buffer.from(text));
      if (fault) throw fault.error;
    }
    return {};
  }

  async release({ id }: Handle): Promise<void> {
    this.released.push(String(id));
  }

  private async call<T>(verb: Verb, answer: () => T): Promise<T> {
    const fault = this.fault(verb);
    if (fault && !fault.after) throw fault.error;
    const answered = answer();
    if (fault) throw fault.error;
    return answered;
  }

  private fault(verb: Verb): Fault | undefined {
    this.calls.push(verb);
    return this.down ? { error: this.down } : this.faults.get(verb)?.shift();
  }
}
