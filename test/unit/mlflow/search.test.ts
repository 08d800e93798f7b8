import assert from 'node:assert/strict';
import { toMlflowError } from '../../../src/server/mlflow/errors.js';
import { like } from '../../../src/server/store/search/like.js';
import { searchLoggedModels } from '../../../src/server/mlflow/search/logged-models.js';
import { searchRegistered, searchVersions } from '../../../src/server/mlflow/search/registry.js';
import type {
  LoggedModelRecord,
  ModelVersionRecord,
  RegisteredModelRecord,
} from '../../../src/server/store/models.js';

const registered = (name: string, updatedAt: number, tags = {}): RegisteredModelRecord => ({
  name,
  description: '',
  createdAt: 0,
  updatedAt,
  tags,
  aliases: {},
});
const version = (
  name: string,
  number: number,
  more: Partial<ModelVersionRecord> = {},
): ModelVersionRecord => ({
  name,
  version: number,
  source: `models:/${name}`,
  runId: '',
  modelId: '',
  runLink: '',
  description: '',
  stage: 'None',
  createdAt: 0,
  updatedAt: 0,
  tags: {},
  aliases: [],
  ...more,
});
const logged = (id: string, createdAt: number, more: Partial<LoggedModelRecord> = {}): LoggedModelRecord => ({
  id,
  experimentId: '1',
  name: 'model',
  modelType: '',
  sourceRunId: '',
  status: 'ready',
  statusMessage: '',
  createdAt,
  updatedAt: createdAt,
  artifactUri: '',
  lifecycle: 'active',
  params: {},
  tags: {},
  metrics: [],
  ...more,
});
const point = (key: string, value: number, datasetName = '', step = 0) => ({
  key,
  value,
  timestamp: 1,
  step,
  runId: 'r',
  datasetName,
  datasetDigest: 'd',
});

const refusedAs400 = (error: unknown) => toMlflowError(error).code === 'INVALID_PARAMETER_VALUE';

describe('the search of registered models', () => {
  const models = [
    registered('a', 3, { team: 'vision' }),
    registered('B', 2),
    registered('c', 1, { 'mlflow.prompt.is_prompt': 'true' }),
  ];
  const names = (filter?: string, orderBy?: string[]) =>
    searchRegistered(models, filter, orderBy).map((m) => m.name);

  it('hides prompts unless they are asked for', () => {
    assert.deepEqual(names(), ['B', 'a']);
    assert.deepEqual(names("tag.`mlflow.prompt.is_prompt` != 'true'"), ['B', 'a']);
    assert.deepEqual(names("tag.mlflow.prompt.is_prompt = 'true'"), ['c']);
  });

  it('filters by name and tag', () => {
    assert.deepEqual(names("name = 'a'"), ['a']);
    assert.deepEqual(names("name ILIKE 'b%'"), ['B']);
    assert.deepEqual(names("name LIKE 'b%'"), []);
    assert.deepEqual(names("tags.team = 'vision' and name != 'x'"), ['a']);
    assert.deepEqual(names("tags.team != 'x'"), ['a']);
    assert.deepEqual(names('tags.team IS NULL'), ['B']);
  });

  it('orders by name and time', () => {
    assert.deepEqual(names('', ['name DESC']), ['a', 'B']);
    assert.deepEqual(names('', ['last_updated_timestamp ASC']), ['B', 'a']);
  });

  for (const filter of [
    'name',
    'name =',
    'name = x',
    "name = 'a' OR name = 'b'",
    "(name = 'a')",
    "name = 'a';",
    "name > 'a'",
    'name = 1',
    "stage = 'x'",
    "foo.name = 'x'",
    "name IN ('a'",
    'name IN ()',
    "'name' = 'a'",
    ' ',
    "constructor = 'x'",
  ])
    it(`refuses the filter ${filter}`, () => assert.throws(() => names(filter), refusedAs400));

  for (const order of ['creation_timestamp', 'name SIDEWAYS', '', 'name ASC DESC', 'toString'])
    it(`refuses the order ${JSON.stringify(order)}`, () =>
      assert.throws(() => names('', [order]), refusedAs400));

  it('refuses an order that names a field twice', () =>
    assert.throws(() => names('', ['name', 'name DESC']), /duplicate/));
});

describe('the search of model versions', () => {
  const versions = [
    version('a', 1, { updatedAt: 5, runId: 'r1' }),
    version('a', 2, { updatedAt: 5, tags: { k: 'v' } }),
    version('b', 10, { updatedAt: 9, source: 'runs:/r2/model' }),
  ];
  const found = (filter?: string, orderBy?: string[]) =>
    searchVersions(versions, filter, orderBy).map((v) => `${v.name}${v.version}`);

  it('is newest first', () => assert.deepEqual(found(), ['b10', 'a2', 'a1']));

  it('filters by its attributes', () => {
    assert.deepEqual(found("name='a'"), ['a2', 'a1']);
    assert.deepEqual(found("run_id IN ('r1', 'r2')"), ['a1']);
    assert.deepEqual(found('version_number >= 2'), ['b10', 'a2']);
    assert.deepEqual(found("source_path LIKE 'runs:/%'"), ['b10']);
    assert.deepEqual(found('tags."k" = "v"'), ['a2']);
    assert.throws(() => found("version_number = '2'"), /Expected numeric value/);
    assert.throws(() => found("current_stage = 'None'"), /Invalid attribute key/);
  });

  it('orders numbers as numbers', () => assert.deepEqual(found('', ['version_number']), ['a1', 'a2', 'b10']));
});

describe('the search of logged models', () => {
  const models = [
    logged('m-1', 1, {
      params: { lr: '0.1' },
      metrics: [point('acc', 0.5, 'train'), point('acc', 0.9, 'test')],
    }),
    logged('m-2', 2, { name: 'other', metrics: [point('acc', 0.7, 'test'), point('acc', 0.1, 'test', 1)] }),
    logged('m-3', 3, { metrics: [point('acc', NaN)], status: 'pending' }),
    logged('m-4', 4, { lifecycle: 'deleted' }),
  ];
  const found = (search = {}) => searchLoggedModels(models, search).map((m) => m.id);

  it('is newest first and without the deleted', () => assert.deepEqual(found(), ['m-3', 'm-2', 'm-1']));

  it('filters by the newest value of a metric, on some datasets if so asked; NaN matches nothing but !=', () => {
    assert.deepEqual(found({ filter: 'metrics.acc > 0.6' }), ['m-1']);
    assert.deepEqual(found({ filter: 'metrics.acc > 0.6', datasets: [{ name: 'train' }] }), []);
    assert.deepEqual(found({ filter: 'metrics.acc <= 0.5' }), ['m-2']);
    assert.deepEqual(found({ filter: 'metrics.acc != 5' }), ['m-3', 'm-2', 'm-1']);
  });

  it('with datasets and no metric asks for models that have any metric on them', () => {
    assert.deepEqual(found({ datasets: [{ name: 'train' }] }), ['m-1']);
    assert.deepEqual(found({ filter: "name = 'other'", datasets: [{ name: 'test' }] }), ['m-2']);
  });

  it('filters by params and attributes', () => {
    assert.deepEqual(found({ filter: "params.lr = '0.1' AND name = 'model'" }), ['m-1']);
    assert.deepEqual(found({ filter: "status = 'PENDING'" }), ['m-3']);
    assert.deepEqual(found({ filter: 'creation_timestamp >= 2' }), ['m-3', 'm-2']);
  });

  it('orders by a metric of a dataset, what has none last in both directions', () => {
    const by = (ascending: boolean) => [{ field: 'metrics.acc', ascending, dataset: { name: 'test' } }];
    assert.deepEqual(found({ orderBy: by(true) }), ['m-2', 'm-1', 'm-3']);
    assert.deepEqual(found({ orderBy: by(false) }), ['m-1', 'm-2', 'm-3']);
  });
});

describe('LIKE', () => {
  for (const [text, pattern, matches] of [
    ['abc', 'abc', true],
    ['abc', 'ab', false],
    ['abc', 'a%', true],
    ['abc', '%c', true],
    ['abc', '%b%', true],
    ['abc', 'a_c', true],
    ['ac', 'a_c', false],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
    ['', '%', true],
    ['', '', true],
    ['a\nb', 'a%b', true],
    ['😀', '_', true],
    ['aXbXc', 'a%b%c', true],
  ] as const)
    it(`${JSON.stringify(text)} is ${matches ? '' : 'not '}${pattern}`, () =>
      assert.equal(like(text, pattern), matches));

  it('is fast for a pattern made to be slow', () => {
    const started = performance.now();
    assert.equal(like('a'.repeat(5000), `${'%a'.repeat(40)}%b`), false);
    assert.ok(performance.now() - started < 4_000);
  });
});
