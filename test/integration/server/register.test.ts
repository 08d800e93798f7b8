import assert from 'node:assert/strict';
import { ensureServer } from '../../../src/workspace/local/launch.js';
import { TrainyardError } from '../../../src/base/errors.js';
import { serverEntry, TestHome } from '../../support/home.js';

describe('registering a model', () => {
  let test: TestHome;

  before(() => {
    test = new TestHome();
  });
  after(() => test.close());

  async function mlflow<T>(method: string, call: string, body?: object): Promise<T> {
    const { port, token } = await ensureServer({ home: test.home, serverEntry });
    const response = await fetch(`http://127.0.0.1:${port}/api/2.0/mlflow/${call}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T;
    assert.ok(response.ok, JSON.stringify(answer));
    return answer;
  }

  it('that a run logged makes versions that MLflow reads, linked to model and run', async () => {
    const { run } = await mlflow<{ run: { info: { run_id: string } } }>('POST', 'runs/create', {
      experiment_id: '0',
      start_time: 1,
    });
    const runId = run.info.run_id;
    const { model } = await mlflow<{ model: { info: { model_id: string } } }>('POST', 'logged-models', {
      experiment_id: '0',
      name: 'net',
      source_run_id: runId,
    });
    const modelId = model.info.model_id;
    assert.equal(await test.workspace.registry.register({ modelId }, 'digits'), '1');
    assert.equal(await test.workspace.registry.register({ modelId }, 'digits'), '2');
    const { model_version: version } = await mlflow<{ model_version: Record<string, string> }>(
      'GET',
      'model-versions/get?name=digits&version=2',
    );
    assert.equal(version['source'], `models:/${modelId}`);
    assert.equal(version['run_id'], runId);
    const [digits] = (await test.workspace.registry.models()).models;
    assert.deepEqual(
      digits?.versions.map((each) => each.modelId),
      [modelId, modelId],
    );
  });

  it('in the files of a job makes a version that leads to them', async () => {
    const { id } = await test.submit(
      'mkdir "$TRAINYARD_OUTPUT/net" && echo m > "$TRAINYARD_OUTPUT/net/MLmodel"\n',
    );
    await test.ended(id);
    assert.equal(await test.workspace.registry.register({ runId: id, path: 'outputs/net' }, 'files'), '1');
    const { artifact_uri: uri } = await mlflow<{ artifact_uri: string }>(
      'GET',
      'model-versions/get-download-uri?name=files&version=1',
    );
    assert.match(uri, new RegExp(`${id}/artifacts/outputs/net$`));
  });

  it('is refused for a name that MLflow refuses, and for what is not there', async () => {
    const { id } = await test.submit('true\n');
    const cases: [Parameters<typeof test.workspace.registry.register>, string][] = [
      [[{ modelId: `m-${'0'.repeat(32)}` }, 'a/b'], 'BAD_REQUEST'],
      [[{ modelId: `m-${'0'.repeat(32)}` }, ' '], 'BAD_REQUEST'],
      [[{ modelId: `m-${'0'.repeat(32)}` }, '..'], 'BAD_REQUEST'],
      [[{ modelId: `m-${'0'.repeat(32)}` }, 'gone'], 'NOT_FOUND'],
      [[{ runId: id, path: 'none' }, 'gone'], 'NOT_FOUND'],
    ];
    for (const [args, code] of cases)
      await assert.rejects(
        test.workspace.registry.register(...args),
        (error) => TrainyardError.is(error) && error.code === code,
      );
    const names = (await test.workspace.registry.models()).models.map(({ name }) => name);
    assert.ok(!names.includes('gone'));
  });

  it('are listed page by page, by kind and by part of their names, each once though others come meanwhile', async () => {
    const { registry } = test.workspace;
    const create = (name: string) => mlflow('POST', 'registered-models/create', { name });
    for (let i = 0; i < 7; i++) await create(`paged-${i}`);
    const seen: string[] = [];
    for (let page: string | undefined, turn = 0; turn === 0 || page !== undefined; turn++) {
      const answer = await registry.models({
        kind: 'registered',
        name: 'PAGED',
        limit: 3,
        ...(page !== undefined && { page }),
      });
      assert.ok(answer.models.length <= 3);
      seen.push(...answer.models.map(({ name }) => name));
      page = answer.nextPage;
      await create(`paged-late-${turn}`);
    }
    assert.deepEqual(
      [...seen].sort(),
      Array.from({ length: 7 }, (_, i) => `paged-${i}`),
    );
    assert.ok((await registry.models({ kind: 'logged' })).models.every(({ kind }) => kind === 'logged'));
    await assert.rejects(registry.models({ page: 'no page' }), { code: 'BAD_REQUEST' });
    await assert.rejects(registry.models({ limit: 1001 }), { code: 'BAD_REQUEST' });
  });

  it('gives versions aliases, which move and go', async () => {
    const { registry } = test.workspace;
    const { run } = await mlflow<{ run: { info: { run_id: string } } }>('POST', 'runs/create', {
      experiment_id: '0',
      start_time: 1,
    });
    const { model } = await mlflow<{ model: { info: { model_id: string } } }>('POST', 'logged-models', {
      experiment_id: '0',
      name: 'net',
      source_run_id: run.info.run_id,
    });
    for (let i = 0; i < 2; i++) await registry.register({ modelId: model.info.model_id }, 'aliased');
    const aliases = async () =>
      (await registry.versions('aliased')).map(({ version, aliases: own }) => [version, own]);
    await registry.setAlias('aliased', 'champion', '1');
    assert.deepEqual(await aliases(), [
      ['2', []],
      ['1', ['champion']],
    ]);
    await registry.setAlias('aliased', 'champion', '2');
    assert.deepEqual(await aliases(), [
      ['2', ['champion']],
      ['1', []],
    ]);
    const read = await mlflow<{ model_version: { version: string } }>(
      'GET',
      'registered-models/alias?name=aliased&alias=champion',
    );
    assert.equal(read.model_version.version, '2');
    await registry.deleteAlias('aliased', 'champion');
    await registry.deleteAlias('aliased', 'champion');
    assert.deepEqual(
      (await aliases()).flatMap(([, own]) => own),
      [],
    );
    for (const [alias, version, code] of [
      ['champion', '3', 'NOT_FOUND'],
      ['champion', 'x', 'NOT_FOUND'],
      ['latest', '1', 'BAD_REQUEST'],
      ['V1', '1', 'BAD_REQUEST'],
      ['two words', '1', 'BAD_REQUEST'],
    ] as const)
      await assert.rejects(registry.setAlias('aliased', alias, version), { code });
    await assert.rejects(registry.setAlias('none', 'champion', '1'), { code: 'NOT_FOUND' });
    await assert.rejects(registry.versions('none'), { code: 'NOT_FOUND' });
  });
});

describe('the end of a log', () => {
  it('is sent without what is before it, and followed from there', async () => {
    const test = new TestHome();
    try {
      const { id } = await test.submit('echo first; echo second; sleep 1; echo third\n');
      let text = '';
      await test.ended(id);
      for await (const chunk of test.workspace.jobs.log(id, { from: -12, follow: true }))
        text += Buffer.from(chunk).toString();
      assert.equal(text, 'econd\nthird\n');
      text = '';
      for await (const chunk of test.workspace.jobs.log(id, { from: -1000 }))
        text += Buffer.from(chunk).toString();
      assert.equal(text, 'first\nsecond\nthird\n');
    } finally {
      await test.close();
    }
  });
});
