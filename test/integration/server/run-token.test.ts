import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { jobToken } from '../../../src/server/jobs/token.js';
import { routesOf } from '../../support/routes-of.js';
import { type Asked, Scratch, type Things, TOKEN } from './scratch.js';

type Outcome =
  /** Without a token, too. */
  | 'anyone'
  /** Of whosever things. */
  | 'yes'
  /** 200 for the things of the job, 403 for those of another job and of nobody. */
  | 'own'
  | 'no'
  /** 501, whoever asks. */
  | 'nothing';

type Line = [outcome: Outcome, asked?: (things: Things) => Asked];

const byRun = ({ run }: Things): Asked => ({ query: { run_id: run } });
const toRun =
  (more: object = {}) =>
  ({ run }: Things): Asked => ({ body: { run_id: run, ...more } });
const byExperiment = ({ experiment }: Things): Asked => ({ query: { experiment_id: experiment } });
const toExperiment =
  (more: object = {}) =>
  ({ experiment }: Things): Asked => ({ body: { experiment_id: experiment, ...more } });
const ofModel =
  (more: Asked = {}) =>
  ({ model }: Things): Asked => ({ at: { model_id: model }, ...more });
const toName =
  (more: object = {}) =>
  ({ registered }: Things): Asked => ({ body: { name: registered, ...more } });
const byName = ({ registered }: Things): Asked => ({ query: { name: registered } });
const byVersion =
  (more: object = {}) =>
  ({ registered }: Things): Asked => ({ query: { name: registered, version: '1', ...more } });
const artifact =
  (folder: (things: Things) => string, name: string) =>
  (things: Things): Asked => ({
    at: { '*': `${things.experiment}/${folder(things)}/artifacts/${name}` },
    body: 'content',
  });
const ofRun: Parameters<typeof artifact>[0] = ({ run }) => run;
const ANY = 'GET POST PUT PATCH DELETE';

/** `api` and `ajax-api` have the same routes, but for those that only MLflow's pages call. */
const MLFLOW: Record<string, Line> = {
  'POST 2.0/mlflow/experiments/create': [
    'yes',
    () => ({ body: { name: `experiment ${randomBytes(4).toString('hex')}` } }),
  ],
  'GET 2.0/mlflow/experiments/get': ['yes', byExperiment],
  'GET 2.0/mlflow/experiments/get-by-name': ['yes', () => ({ query: { experiment_name: 'Default' } })],
  'GET 2.0/mlflow/experiments/search': ['yes', () => ({ query: { max_results: '10' } })],
  'POST 2.0/mlflow/experiments/search': ['yes', () => ({ body: { max_results: 10 } })],
  'POST 2.0/mlflow/experiments/update': ['no', toExperiment({ new_name: 'mine' })],
  'POST 2.0/mlflow/experiments/delete': ['no', toExperiment()],
  'POST 2.0/mlflow/experiments/restore': ['no', toExperiment()],
  'POST 2.0/mlflow/experiments/set-experiment-tag': ['no', toExperiment({ key: 'color', value: 'x' })],
  'POST 2.0/mlflow/experiments/delete-experiment-tag': ['no', toExperiment({ key: 'color' })],

  'POST 2.0/mlflow/runs/create': ['yes', toExperiment({ start_time: 1 })],
  'GET 2.0/mlflow/runs/get': ['yes', byRun],
  'POST 2.0/mlflow/runs/update': ['own', toRun({ status: 'FINISHED', run_name: 'mine' })],
  'POST 2.0/mlflow/runs/delete': ['no', toRun()],
  'POST 2.0/mlflow/runs/restore': ['no', toRun()],
  'POST 2.0/mlflow/runs/search': ['yes', ({ experiment }) => ({ body: { experiment_ids: [experiment] } })],
  'POST 2.0/mlflow/runs/log-metric': ['own', toRun({ key: 'loss', value: 2, timestamp: 2 })],
  'POST 2.0/mlflow/runs/log-parameter': ['own', toRun({ key: 'lr', value: '1' })],
  'POST 2.0/mlflow/runs/log-batch': ['own', toRun({ tags: [{ key: 'color', value: 'x' }] })],
  'POST 2.0/mlflow/runs/set-tag': ['own', toRun({ key: 'color', value: 'x' })],
  'POST 2.0/mlflow/runs/delete-tag': ['own', toRun({ key: 'color' })],
  'POST 2.0/mlflow/runs/log-model': [
    'own',
    toRun({ model_json: '{"artifact_path": "", "flavors": {}, "utc_time_created": "", "run_id": ""}' }),
  ],
  'POST 2.0/mlflow/runs/log-inputs': ['own', toRun({ models: [{ model_id: 'm-1' }] })],
  'POST 2.0/mlflow/runs/outputs': ['own', toRun({ models: [{ model_id: 'm-1', step: 1 }] })],

  'GET 2.0/mlflow/metrics/get-history': [
    'yes',
    ({ run }) => ({ query: { run_id: run, metric_key: 'loss' } }),
  ],
  'GET 2.0/mlflow/metrics/get-history-bulk-interval': [
    'yes',
    ({ run }) => ({ query: { run_ids: run, metric_key: 'loss' } }),
  ],

  'PUT 2.0/mlflow-artifacts/artifacts/*': ['own', artifact(ofRun, 'kept.txt')],
  'GET 2.0/mlflow-artifacts/artifacts/*': ['yes', artifact(ofRun, 'kept.txt')],
  'DELETE 2.0/mlflow-artifacts/artifacts/*': ['no', artifact(ofRun, 'kept.txt')],
  'GET 2.0/mlflow-artifacts/artifacts': [
    'yes',
    ({ experiment, run }) => ({ query: { path: `${experiment}/${run}/artifacts` } }),
  ],
  'POST 2.0/mlflow-artifacts/mpu/create/*': ['nothing'],
  'POST 2.0/mlflow-artifacts/mpu/complete/*': ['nothing'],
  'POST 2.0/mlflow-artifacts/mpu/abort/*': ['nothing'],
  'GET 2.0/mlflow-artifacts/presigned/*': ['nothing'],
  'GET 2.0/mlflow/artifacts/list': ['yes', byRun],

  'POST 2.0/mlflow/logged-models': [
    'own',
    ({ run, experiment }) => ({ body: { experiment_id: experiment, source_run_id: run } }),
  ],
  'POST 2.0/mlflow/logged-models/search': [
    'yes',
    ({ experiment }) => ({ body: { experiment_ids: [experiment] } }),
  ],
  'GET 2.0/mlflow/logged-models/:model_id': ['yes', ofModel()],
  'PATCH 2.0/mlflow/logged-models/:model_id': ['own', ofModel({ body: { status: 2 } })],
  'DELETE 2.0/mlflow/logged-models/:model_id': ['no', ofModel()],
  'POST 2.0/mlflow/logged-models/:model_id/params': [
    'own',
    ofModel({ body: { params: [{ key: 'lr', value: '1' }] } }),
  ],
  'PATCH 2.0/mlflow/logged-models/:model_id/tags': [
    'own',
    ofModel({ body: { tags: [{ key: 'shape', value: 'x' }] } }),
  ],
  'DELETE 2.0/mlflow/logged-models/:model_id/tags/:tag_key': [
    'own',
    ({ model }) => ({ at: { model_id: model, tag_key: 'shape' } }),
  ],
  'GET 2.0/mlflow/logged-models/:model_id/artifacts/directories': ['yes', ofModel()],

  'POST 2.0/mlflow/registered-models/create': [
    'yes',
    () => ({ body: { name: `model ${randomBytes(4).toString('hex')}` } }),
  ],
  'POST 2.0/mlflow/registered-models/rename': ['no', toName({ new_name: 'mine' })],
  'PATCH 2.0/mlflow/registered-models/update': ['no', toName({ description: 'mine' })],
  'DELETE 2.0/mlflow/registered-models/delete': ['no', toName()],
  'GET 2.0/mlflow/registered-models/get': ['yes', byName],
  'GET 2.0/mlflow/registered-models/search': ['yes'],
  'GET 2.0/mlflow/registered-models/get-latest-versions': ['yes', byName],
  'POST 2.0/mlflow/registered-models/get-latest-versions': ['yes', toName()],
  'POST 2.0/mlflow/registered-models/set-tag': ['no', toName({ key: 'color', value: 'x' })],
  'DELETE 2.0/mlflow/registered-models/delete-tag': ['no', toName({ key: 'color' })],
  'POST 2.0/mlflow/registered-models/alias': ['no', toName({ alias: 'best', version: '1' })],
  'DELETE 2.0/mlflow/registered-models/alias': ['no', toName({ alias: 'best' })],
  'GET 2.0/mlflow/registered-models/alias': [
    'yes',
    ({ registered }) => ({ query: { name: registered, alias: 'best' } }),
  ],

  'POST 2.0/mlflow/model-versions/create': [
    'own',
    ({ run, model }) => ({ body: { name: 'everybody’s', source: `models:/${model}`, run_id: run } }),
  ],
  'GET 2.0/mlflow/model-versions/get': ['yes', byVersion()],
  'PATCH 2.0/mlflow/model-versions/update': ['own', toName({ version: '1', description: 'mine' })],
  'POST 2.0/mlflow/model-versions/transition-stage': ['no', toName({ version: '1', stage: 'Production' })],
  'DELETE 2.0/mlflow/model-versions/delete': ['no', toName({ version: '1' })],
  'GET 2.0/mlflow/model-versions/search': ['yes'],
  'GET 2.0/mlflow/model-versions/get-download-uri': ['yes', byVersion()],
  'POST 2.0/mlflow/model-versions/set-tag': ['own', toName({ version: '1', key: 'color', value: 'x' })],
  'DELETE 2.0/mlflow/model-versions/delete-tag': ['own', toName({ version: '1', key: 'color' })],

  'POST 3.0/mlflow/traces': [
    'yes',
    ({ experiment, trace }) => ({
      body: {
        trace: {
          trace_info: {
            trace_id: trace,
            trace_location: { mlflow_experiment: { experiment_id: experiment } },
          },
        },
      },
    }),
  ],
  'POST 3.0/mlflow/traces/search': ['yes'],
  'GET 3.0/mlflow/server-info': ['yes'],
};

const AJAX: Record<string, Line> = {
  'POST 2.0/mlflow/experiments/search-datasets': [
    'yes',
    ({ experiment }) => ({ body: { experiment_ids: [experiment] } }),
  ],
  'GET 2.0/mlflow/metrics/get-history-bulk': [
    'yes',
    ({ run }) => ({ query: { run_id: run, metric_key: 'loss' } }),
  ],
  'POST 2.0/mlflow/upload-artifact': [
    'own',
    ({ run }) => ({ query: { run_id: run, path: 'kept.txt' }, body: 'content' }),
  ],
  'GET 2.0/mlflow/logged-models/:model_id/artifacts/files': [
    'yes',
    ofModel({ query: { artifact_file_path: 'kept.txt' } }),
  ],
};

const ROOT: Record<string, Line> = {
  'GET /health': ['anyone'],
  'GET /version': ['yes'],
  'GET /get-artifact': ['yes', ({ run }) => ({ query: { run_id: run, path: 'kept.txt' } })],
  'GET /model-versions/get-artifact': ['yes', byVersion({ path: 'kept.txt' })],
  ...nothing('POST', '/v1/traces'),
  ...nothing(ANY, '/gateway/*'),
  ...nothing('GET POST', '/graphql'),
};

const NOTHING = {
  ...nothing(ANY, '2.0/mlflow/traces', '2.0/mlflow/traces/*', '3.0/mlflow/traces/*'),
  ...nothing(
    'GET',
    ...['unified-traces', 'get-online-trace-details', 'get-trace-artifact'].map(
      (name) => `2.0/mlflow/${name}`,
    ),
    '3.0/mlflow/get-trace-artifact',
  ),
  ...nothing(
    'POST',
    ...[
      'artifacts/presigned-upload-url',
      'artifacts/presigned-download-url',
      'runs/create-promptlab-run',
    ].map((name) => `2.0/mlflow/${name}`),
  ),
  ...nothing(ANY, '2.0/mlflow/webhooks', '2.0/mlflow/webhooks/*', '3.0/jobs/*'),
  ...nothing(
    ANY,
    ...[
      'datasets',
      'scorers',
      'scorer',
      'genai',
      'label-schemas',
      'review-queues',
      'prompt-optimization',
    ].map((name) => `3.0/mlflow/${name}/*`),
    ...['mcp-servers', 'skills', 'issues', 'workspaces'].flatMap((name) => [
      `3.0/mlflow/${name}`,
      `3.0/mlflow/${name}/*`,
    ]),
    ...['gateway', 'assistant', 'demo', 'jobs'].map((name) => `3.0/mlflow/${name}/*`),
  ),
  ...nothing('GET POST', '2.0/mlflow/gateway-proxy', '3.0/mlflow/ui-telemetry'),
};

function nothing(methods: string, ...paths: string[]): Record<string, Line> {
  const routes = paths.flatMap((at) => methods.split(' ').map((method) => `${method} ${at}`));
  return Object.fromEntries(routes.map((route) => [route, ['nothing']]));
}

/** Trainyard's own protocol, no route of which is for jobs. */
const OWN: Record<string, Line> = Object.fromEntries(
  [
    ...['server', 'settings', 'events', 'experiments', 'purge', 'models', 'compute'].map((at) => `GET ${at}`),
    ...['', '/log', '/spec', '/files', '/file', '/code', '/code-file', '/diff', '/shell', '/pythons'].map(
      (at) => `GET runs/:id${at}`,
    ),
    'GET models/versions',
    ...['data', 'data/version', 'data/runs'].map((at) => `GET ${at}`),
    ...['data', 'data/archive', 'lineage'].map((at) => `POST ${at}`),
    ...['', '/:name'].map((at) => `GET datastores${at}`),
    ...['', '/secrets'].map((at) => `POST datastores${at}`),
    'DELETE datastores/:name',
    ...['', '/version', '/runs'].map((at) => `GET environments${at}`),
    ...['', '/archive', '/build'].map((at) => `POST environments${at}`),
    ...['server/shutdown', 'purge', 'jobs', 'points', 'models/register', 'models/alias'].map(
      (at) => `POST ${at}`,
    ),
    ...['runs/search', 'runs/delete', 'runs/undelete'].map((at) => `POST ${at}`),
    ...['cancel', 'debugger', 'end', 'outputs', 'patterns', 'restore'].map((at) => `POST runs/:id/${at}`),
    ...['delete', 'restore'].map((at) => `POST experiments/:id/${at}`),
    'GET compute/:name/leftovers',
    'POST compute/:name/prune',
    'PUT settings',
    'PATCH runs/:id',
  ].map((route) => [
    route,
    [
      'no',
      ({ run, experiment }: Things) => ({
        at: { id: route.includes('experiments') ? experiment : run, name: 'local' },
      }),
    ],
  ]),
);

function below(prefix: string, lines: Record<string, Line>): Record<string, Line> {
  return Object.fromEntries(
    Object.entries(lines).map(([route, line]) => [route.replace(' ', ` ${prefix}`), line]),
  );
}

const EXPECTED: Record<string, Line> = {
  ...ROOT,
  ...below('/api/', { ...MLFLOW, ...NOTHING }),
  ...below('/ajax-api/', { ...MLFLOW, ...NOTHING, ...AJAX }),
  ...below('/api/trainyard/v1/', OWN),
};

describe('the token of a run', () => {
  let scratch: Scratch;
  let token: string;
  let own: Things;
  let others: Things[];

  before(async () => {
    scratch = new Scratch();
    await scratch.open();
    const [first, second, third] = await Promise.all(
      ['first', 'second', 'third'].map((name) => scratch.experiment(name)),
    );
    const job = await scratch.job(first!);
    token = jobToken(TOKEN, job);
    own = await scratch.things('own', { experiment: first!, run: job });
    others = [
      await scratch.things('other', { experiment: second!, run: await scratch.job(second!) }),
      await scratch.things('nobody', { experiment: third!, run: await scratch.run(third!) }, false),
    ];
    await scratch.store.write(() => scratch.store.models.createRegistered({ name: 'everybody’s' }));
  });
  after(() => scratch.close());

  /** All that is kept of things. */
  function kept({ experiment, run, model, registered, trace }: Things): unknown {
    const { store } = scratch;
    return {
      experiment: store.experiments.get(experiment),
      run: store.runs.full(run),
      job: store.jobs.get(run),
      model: store.models.logged(model),
      metrics: store.models.newestMetrics(model),
      registered: store.models.registered(registered),
      versions: store.models.versions(registered),
      files: [`runs/${run}`, `models/${model}`, `traces/${trace}`].map((owner) =>
        store.artifacts.list(owner, ''),
      ),
    };
  }

  const mlflow = (call: string, body: object, by = token) =>
    scratch.ask(by, `POST /api/2.0/mlflow/${call}`, { body });

  async function refused(asked: ReturnType<typeof mlflow>): Promise<string> {
    const { status, text } = await asked;
    assert.equal(status, 403, text);
    const { error_code: code, message } = JSON.parse(text) as Record<string, string>;
    assert.equal(code, 'PERMISSION_DENIED');
    return message!;
  }

  async function taken(asked: ReturnType<typeof mlflow>): Promise<Record<string, unknown>> {
    const { status, text } = await asked;
    assert.equal(status, 200, text);
    return JSON.parse(text) as Record<string, unknown>;
  }

  it('has an outcome here for every route that there is', async () => {
    const routes = (await routesOf(scratch.app)).filter((route) => !route.startsWith('HEAD '));
    assert.ok(routes.length > 200, String(routes.length));
    assert.deepEqual(routes.sort(), Object.keys(EXPECTED).sort());
  });

  it('has that outcome at every route, for things of its own, of another job and of nobody', async () => {
    const before = others.map(kept);
    for (const [route, [outcome, asked]] of Object.entries(EXPECTED)) {
      for (const things of [own, ...others]) {
        const { status, text } = await scratch.ask(token, route, asked?.(things));
        const expected =
          outcome === 'nothing' ? 501 : outcome === 'no' || (outcome === 'own' && things !== own) ? 403 : 200;
        assert.equal(status, expected, `${route} for ${things.registered}: ${text}`);
        if (expected === 403) assert.match(text, /token of a job/);
        if (expected === 403 && !route.includes('/trainyard/')) assert.match(text, /PERMISSION_DENIED/);
      }
    }
    assert.deepEqual(others.map(kept), before);
  });

  it('is needed at every route but that of the health', async () => {
    for (const [route, [outcome, asked]] of Object.entries(EXPECTED)) {
      const { status } = await scratch.ask(undefined, route, asked?.(own));
      assert.equal(status, outcome === 'anyone' ? 200 : 401, route);
    }
  });

  it('does as little by HEAD', async () => {
    const heads = (await routesOf(scratch.app)).filter((route) => route.startsWith('HEAD '));
    assert.ok(heads.length > 0);
    for (const route of heads) {
      const line = EXPECTED[route.replace('HEAD', 'GET')];
      assert.equal(line?.[0], 'no', route);
      assert.equal((await scratch.ask(token, route, line?.[1]?.(own))).status, 403, route);
    }
  });

  it('finds what is not there as before', async () => {
    const id = '0'.repeat(32);
    assert.equal((await mlflow('runs/set-tag', { run_id: id, key: 'a', value: 'b' })).status, 404);
    const route = 'PATCH /api/2.0/mlflow/logged-models/:model_id';
    const asked = { at: { model_id: `m-${id}` }, body: { status: 2 } };
    assert.equal((await scratch.ask(token, route, asked)).status, 404);
    assert.equal((await scratch.ask(token, 'GET /api/2.0/mlflow/nothing')).status, 404);
    const put = { at: { '*': `${own.experiment}/${id}/artifacts/a` }, body: 'x' };
    assert.equal((await scratch.ask(token, 'PUT /api/2.0/mlflow-artifacts/artifacts/*', put)).status, 404);
  });

  it('logs to the runs that its job begins, to their children and to theirs', async () => {
    const { run } = await taken(mlflow('runs/create', { experiment_id: own.experiment, start_time: 1 }));
    const begun = (run as { info: { run_id: string } }).info.run_id;
    const child = await scratch.run(others[0]!.experiment, { 'mlflow.parentRunId': begun });
    const grandchild = await scratch.run(others[0]!.experiment, { 'mlflow.parentRunId': child });
    const ofTheJob = await scratch.run(own.experiment, { 'mlflow.parentRunId': own.run });
    for (const id of [begun, child, grandchild, ofTheJob])
      await taken(mlflow('runs/log-batch', { run_id: id, metrics: [{ key: 'a', value: 1, timestamp: 1 }] }));
  });

  it('does not log to the parent of its run, nor to runs that are parents of each other', async () => {
    const parent = await scratch.run(own.experiment);
    await taken(mlflow('runs/set-tag', { run_id: own.run, key: 'mlflow.parentRunId', value: parent }));
    await refused(mlflow('runs/set-tag', { run_id: parent, key: 'a', value: 'b' }));
    const a = await scratch.run(own.experiment);
    const b = await scratch.run(own.experiment, { 'mlflow.parentRunId': a });
    await scratch.store.write(() => scratch.store.runs.setTags(a, { 'mlflow.parentRunId': b }));
    assert.match(await refused(mlflow('runs/set-tag', { run_id: b, key: 'a', value: 'b' })), new RegExp(b));
  });

  it('takes no other run by its older name', async () => {
    await refused(mlflow('runs/set-tag', { run_uuid: others[1]!.run, key: 'a', value: 'b' }));
  });

  it('logs what is known of the models of its experiment, and finishes only its own', async () => {
    const run = await scratch.run(own.experiment);
    const model = await scratch.model(own.experiment, run);
    const patch = (at: string, body: object) =>
      scratch.ask(token, `PATCH /api/2.0/mlflow/logged-models/:model_id${at}`, {
        at: { model_id: model },
        body,
      });
    await taken(patch('/tags', { tags: [{ key: 'a', value: 'b' }] }));
    const point = { key: 'accuracy', value: 1, timestamp: 1, model_id: model };
    await taken(mlflow('runs/log-metric', { run_id: own.run, ...point }));
    assert.equal(scratch.store.models.newestMetrics(model)['accuracy'], 1);
    await refused(patch('', { status: 2 }));
    const ofNoRun = await scratch.model(own.experiment);
    const route = 'PATCH /api/2.0/mlflow/logged-models/:model_id';
    await refused(scratch.ask(token, route, { at: { model_id: ofNoRun }, body: { status: 2 } }));
    const put = { at: { '*': `${own.experiment}/models/${model}/artifacts/a` }, body: 'x' };
    await refused(scratch.ask(token, 'PUT /api/2.0/mlflow-artifacts/artifacts/*', put));
  });

  it('logs nothing to the model of another experiment, beside its own run', async () => {
    const before = kept(others[0]!);
    const point = { key: 'accuracy', value: 1, timestamp: 1, model_id: others[0]!.model };
    await refused(mlflow('runs/log-metric', { run_id: own.run, ...point }));
    await refused(mlflow('runs/log-batch', { run_id: own.run, metrics: [point] }));
    assert.deepEqual(kept(others[0]!), before);
  });

  it('finishes a model that it logged outside a run, in any experiment', async () => {
    const { model } = await taken(mlflow('logged-models', { experiment_id: others[1]!.experiment }));
    const { model_id: id, source_run_id: source } = (model as { info: Record<string, string> }).info;
    assert.equal(source, own.run);
    const route = 'PATCH /api/2.0/mlflow/logged-models/:model_id';
    await taken(scratch.ask(token, route, { at: { model_id: id! }, body: { status: 2 } }));
    const put = { at: { '*': `${others[1]!.experiment}/models/${id}/artifacts/a` }, body: 'x' };
    await taken(scratch.ask(token, 'PUT /api/2.0/mlflow-artifacts/artifacts/*', put));
  });

  it('registers no version of what is not its own, however that is named', async () => {
    const [other] = others as [Things];
    const version = (more: object) => mlflow('model-versions/create', { name: 'everybody’s', ...more });
    const before = scratch.store.models.versions('everybody’s').length;
    await refused(version({ source: `runs:/${other.run}/model` }));
    await refused(version({ source: `models:/${other.model}` }));
    await refused(version({ source: `models:/${other.model}`, run_id: own.run }));
    await refused(version({ source: `models:/${other.registered}/1` }));
    await refused(version({ source: `models:/${other.registered}@best` }));
    await refused(version({ source: `mlflow-artifacts:/${other.experiment}/${other.run}/artifacts/model` }));
    const files = `mlflow-artifacts:/${other.experiment}/models/${other.model}/artifacts`;
    await refused(version({ source: files }));
    await refused(version({ source: files, run_id: own.run }));
    await refused(version({ source: 's3://bucket/model' }));
    await refused(version({ source: 's3://bucket/model', run_id: other.run }));
    assert.equal(scratch.store.models.versions('everybody’s').length, before);
    await taken(version({ source: `runs:/${own.run}/model` }));
    await taken(version({ source: 's3://bucket/model', run_id: own.run }));
  });

  it('adds traces, and writes over none', async () => {
    const put = (id: string) => {
      const asked = { at: { '*': `${own.experiment}/traces/${id}/artifacts/kept.txt` }, body: 'x' };
      return scratch.ask(token, 'PUT /api/2.0/mlflow-artifacts/artifacts/*', asked);
    };
    await taken(put(`tr-${randomBytes(16).toString('hex')}`));
    await refused(put(others[0]!.trace));
  });

  for (const state of ['finished', 'failed', 'cancelled'] as const)
    it(`dies with a job that is ${state}, not while its files are kept`, async () => {
      const run = await scratch.job(own.experiment);
      const at = () => mlflow('runs/set-tag', { run_id: run, key: 'a', value: 'b' }, jobToken(TOKEN, run));
      await taken(at());
      await scratch.state(run, 'collecting');
      await taken(at());
      await scratch.state(run, state);
      assert.equal((await at()).status, 401);
    });

  it('is nothing when its run was purged', async () => {
    const run = await scratch.job(own.experiment);
    await scratch.state(run, 'finished');
    await scratch.store.write(() => scratch.store.runs.setLifecycle(run, 'deleted'));
    const before = Date.now() + 1000;
    while (!(await scratch.purger.step(before)).done);
    assert.equal(scratch.store.runs.get(run), undefined);
    const asked = mlflow('runs/search', { experiment_ids: [own.experiment] }, jobToken(TOKEN, run));
    assert.equal((await asked).status, 401);
  });

  it('is of one run: another id with its signature is no token', async () => {
    const forged = `${others[0]!.run}.${token.split('.')[1]}`;
    assert.equal((await mlflow('runs/search', {}, forged)).status, 401);
  });
});
