import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { buildScriptJob } from '../../../src/job/build.js';
import { EventHub } from '../../../src/server/api/events.js';
import { createApp } from '../../../src/server/app.js';
import { JobService } from '../../../src/server/jobs/service.js';
import { Purger } from '../../../src/server/purger.js';
import { Settings } from '../../../src/server/settings.js';
import { Store } from '../../../src/server/store/store.js';
import { Targets } from '../../../src/targets/targets.js';
import type { RunState } from '../../../src/workspace/types.js';

export const TOKEN = 'the-token-of-the-person';

export interface Asked {
  query?: Record<string, string>;
  body?: object | string;
  /** In place of the parameters of the path. */
  at?: Record<string, string>;
}

/** A run and what belongs to it. */
export interface Things {
  experiment: string;
  run: string;
  model: string;
  /** A registered model with one version of `model`. */
  registered: string;
  trace: string;
}

/** The real app over a real store, with jobs that are written down and have no process. */
export class Scratch {
  readonly home = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-token-'));
  readonly store = Store.open(path.join(this.home, 'store'));
  private readonly log = pino({ level: 'silent' });
  readonly purger = new Purger(this.store, this.home, this.log);
  app!: FastifyInstance;
  url = '';

  async open(): Promise<void> {
    const { store, home, log, purger } = this;
    const settings = new Settings(home);
    const jobs = new JobService({
      store,
      home,
      log,
      targets: new Targets([], {
        home,
        log,
        settings: () => settings.current,
        jobFolder: (id) => path.join(home, 'jobs', id),
        listen: (address) => this.app.tracking.listen(address),
      }),
      serverUrl: () => this.url,
      token: TOKEN,
      settings: () => settings.current,
    });
    const parts = {
      jobs,
      settings,
      purger,
      events: new EventHub(store),
      status: () => assert.fail('the status was asked for'),
      shutdown: () => assert.fail('the server was ended'),
    };
    this.app = await createApp({ store, home, version: '0', token: TOKEN, log }, parts);
    await this.app.listen({ host: '127.0.0.1', port: 0 });
    this.url = `http://127.0.0.1:${(this.app.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.store.close();
    fs.rmSync(this.home, { recursive: true, force: true });
  }

  experiment(name: string): Promise<string> {
    return this.store.write(() => this.store.experiments.create({ name }).id);
  }

  /** @returns its run */
  async job(experimentId: string): Promise<string> {
    const runId = randomBytes(16).toString('hex');
    const spec = buildScriptJob({
      script: path.join(this.home, 'train.py'),
      codeFolder: this.home,
      workingFolder: this.home,
      interpreter: 'python',
    });
    await this.store.write(() => {
      this.store.runs.create({ id: runId, experimentId, startTime: 1 });
      this.store.jobs.create({
        runId,
        spec,
        baseEnv: {},
        secretNames: [],
        memoryNames: [],
        queuedAt: 1,
      });
      this.store.jobs.update(runId, { state: 'running', begun: true });
    });
    return runId;
  }

  async state(runId: string, state: RunState): Promise<void> {
    await this.store.write(() => this.store.jobs.update(runId, { state }));
  }

  run(experimentId: string, tags: Record<string, string> = {}): Promise<string> {
    return this.store.write(() => this.store.runs.create({ experimentId, startTime: 1, tags }).id);
  }

  model(experimentId: string, sourceRunId?: string): Promise<string> {
    return this.store.write(
      () => this.store.models.createLogged({ experimentId, ...(sourceRunId && { sourceRunId }) }).id,
    );
  }

  async things(name: string, { experiment, run }: Pick<Things, 'experiment' | 'run'>, ofRun = true) {
    const { store } = this;
    const model = await this.model(experiment, ofRun ? run : undefined);
    const trace = `tr-${randomBytes(16).toString('hex')}`;
    const registered = `${name}-registered`;
    await store.write(() => {
      store.runs.setTags(run, { color: name });
      store.models.setLoggedTags(model, { color: name });
      store.models.createRegistered({ name: registered, tags: { color: name } });
      const { version } = store.models.createVersion({
        name: registered,
        source: `models:/${model}`,
        modelId: model,
        runId: ofRun ? run : undefined,
        tags: { color: name },
      });
      store.models.setAlias(registered, 'best', version);
      store.experiments.setTag(experiment, 'color', name);
      store.metrics.append(run, [{ key: 'loss', value: 1, timestamp: 1, step: 0 }]);
    });
    for (const owner of [`runs/${run}`, `models/${model}`, `traces/${trace}`])
      await store.artifacts.put(owner, 'kept.txt', content(name));
    return { experiment, run, model, registered, trace };
  }

  async ask(token: string | undefined, route: string, asked: Asked = {}) {
    const [method = '', at = ''] = route.split(' ');
    const { query = {}, body, at: params = {} } = asked;
    let url = at;
    for (const [name, value] of Object.entries(params))
      url = url.replace(name === '*' ? '*' : `:${name}`, value);
    const search = new URLSearchParams(query).toString();
    const sends = !['GET', 'HEAD'].includes(method);
    const response = await fetch(`${this.url}${url}${search && `?${search}`}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(sends && { 'content-type': 'application/json' }),
      },
      ...(sends && { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
    });
    return { status: response.status, text: await response.text() };
  }
}

async function* content(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
