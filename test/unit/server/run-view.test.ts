import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
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
    const { inputs, models } = toSingleRun(store, full);
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
});
