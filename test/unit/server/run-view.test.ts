import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packagesOf } from '../../../src/server/api/environment-view.js';
import { toRuns, toSingleRun } from '../../../src/server/api/run-view.js';
import { Store } from '../../../src/server/store/store.js';

describe('a run as the views get it', () => {
  let folder: string;
  let store: Store;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-view-'));
    store = Store.open(folder);
  });
  afterEach(async () => {
    await store.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('has its data and its models when it is asked for alone, and not in a search', async () => {
    const { id, modelId } = await store.write(() => {
      const run = store.runs.create({ experimentId: '0', startTime: 1000 });
      const model = store.models.createLogged({ experimentId: '0', name: 'net', sourceRunId: run.id });
      store.runs.addDatasets(run.id, [
        {
          name: 'digits',
          digest: 'a1',
          sourceType: 'local',
          source: '{"uri": "digits.csv"}',
          schema: '{}',
          tags: { 'mlflow.data.context': 'training' },
        },
        { name: 'extra', digest: 'b2', sourceType: 'code', source: '{}', tags: {} },
      ]);
      store.runs.addModelInputs(run.id, ['m-gone']);
      store.runs.addModelOutputs(run.id, [{ modelId: model.id, step: 7 }]);
      return { id: run.id, modelId: model.id };
    });
    const full = store.runs.full(id)!;
    const { inputs, models } = await toSingleRun(store, full);
    assert.deepEqual(inputs, [
      {
        name: 'digits',
        digest: 'a1',
        context: 'training',
        sourceType: 'local',
        source: '{"uri": "digits.csv"}',
      },
      { name: 'extra', digest: 'b2', sourceType: 'code', source: '{}' },
    ]);
    assert.deepEqual(models, [
      { id: 'm-gone', name: 'm-gone', role: 'input' },
      { id: modelId, name: 'net', role: 'output', step: 7 },
    ]);
    assert.ok(!('inputs' in toRuns(store, [full])[0]!));
  });

  it('says where its files are when they are elsewhere', async () => {
    const made = await store.write(() => {
      const { id } = store.experiments.create({ name: 'far', artifactLocation: 's3://bucket/far' });
      return [id, '0'].map((experimentId) => store.runs.create({ experimentId, startTime: 1 }));
    });
    const [far, here] = toRuns(store, store.runs.many(made.map(({ id }) => id)));
    assert.equal(far?.filesElsewhere, `s3://bucket/far/${far?.id}/artifacts`);
    assert.equal(here?.filesElsewhere, undefined);
  });

  it('has the packages of its model, wherever the client put them', async () => {
    const text = (value: string) => new TextEncoder().encode(value);
    const { id, modelId } = await store.write(() => {
      const tags = { 'mlflow.log-model.history': '[{"run_id": "x", "artifact_path": "model"}]' };
      const run = store.runs.create({ experimentId: '0', startTime: 1000, tags });
      const model = store.models.createLogged({ experimentId: '0', name: 'net', sourceRunId: run.id });
      return { id: run.id, modelId: model.id };
    });
    const environment = async () => (await toSingleRun(store, store.runs.full(id)!)).environment;
    assert.equal(await environment(), undefined);

    // MLflow 2: below the run. MLflow 3: beside it.
    await store.artifacts.put(`runs/${id}`, 'model/conda.yaml', text('dependencies:\n- python=3.10.2\n'));
    await store.artifacts.put(`runs/${id}`, 'model/requirements.txt', text('torch==2.1.0\n'));
    assert.deepEqual(await environment(), { python: '3.10.2', packages: { torch: '2.1.0' } });

    await store.write(() => store.runs.addModelOutputs(id, [{ modelId, step: 0 }]));
    await store.artifacts.put(`models/${modelId}`, 'requirements.txt', text('torch==2.2.0\n'));
    await store.artifacts.put(`models/${modelId}`, 'python_env.yaml', text('python: 3.11.9\n'));
    assert.deepEqual(await environment(), { python: '3.11.9', packages: { torch: '2.2.0' } });
  });

  it('reads requirements as pip writes them', () => {
    const lines = [
      '# made by hand',
      '--extra-index-url https://example.org',
      'scikit_learn==1.5.0',
      'Torch[cuda] == 2.1.0+cu121 ; python_version >= "3.9"',
      'numpy>=1.26,<3  # for now',
      'rich',
      'local @ file:///wheels/local.whl',
      '',
    ];
    assert.deepEqual(packagesOf(lines.join('\r\n')), {
      'scikit-learn': '1.5.0',
      torch: '2.1.0+cu121',
      numpy: '>=1.26,<3',
      rich: '',
      local: 'file:///wheels/local.whl',
    });
  });
});
