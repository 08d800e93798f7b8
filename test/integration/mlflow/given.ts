import assert from 'node:assert/strict';
import { startServer, type Answer, type TestServer } from './server.js';

export const API = '/api/2.0/mlflow';

/** A server with an experiment and a run, for all tests of a suite; what they get is there once it has begun. */
export class Given {
  server!: TestServer;
  /** Ids. */
  experiment!: string;
  run!: string;

  constructor() {
    before(async () => {
      this.server = await startServer();
      this.experiment = String(
        (await this.post('experiments/create', { name: 'requests' })).body['experiment_id'],
      );
      this.run = await this.newRun();
    });
    after(async () => {
      await this.server.close();
      assert.deepEqual(this.server.errors, [], 'no request may be a fault of the server');
    });
  }

  readonly post = (at: string, body: unknown): Promise<Answer> =>
    this.server.call('POST', `${API}/${at}`, body);

  readonly get = (at: string): Promise<Answer> => this.server.call('GET', `${API}/${at}`);

  /** @returns its id */
  readonly newRun = async (): Promise<string> => {
    const { body } = await this.post('runs/create', {
      experiment_id: this.experiment,
      start_time: 1,
      run_name: 'r',
    });
    return (body as { run: { info: { run_id: string } } }).run.info.run_id;
  };
}

/** Expects an error in the form of the protocol. */
export async function refused(answer: Promise<Answer>, status: number, message: RegExp): Promise<void> {
  const { status: actual, body } = await answer;
  assert.equal(actual, status, JSON.stringify(body));
  assert.deepEqual(Object.keys(body).sort(), ['error_code', 'message']);
  assert.match(String(body['message']), message);
}
