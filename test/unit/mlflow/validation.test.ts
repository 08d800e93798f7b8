import assert from 'node:assert/strict';
import { MlflowError } from '../../../src/server/mlflow/errors.js';
import {
  checkAlias,
  checkAliasFree,
  checkExperimentName,
  checkKey,
  checkLoggedModelName,
  checkModelName,
  checkParam,
  checkRunId,
  checkRunTag,
  checkTags,
  isTraceId,
} from '../../../src/server/mlflow/validation.js';
import { cut } from '../../../src/server/names.js';

function refusal(call: () => unknown): string {
  let message = '';
  assert.throws(call, (error) => {
    assert.ok(error instanceof MlflowError);
    assert.equal(error.code, 'INVALID_PARAMETER_VALUE');
    message = error.message;
    return true;
  });
  return message;
}

describe('names of metrics, params and tags', () => {
  for (const key of ['a:b', 'a b', 'ünï', 'val/acc-1.0_x', '学習率', '__proto__', 'x'.repeat(250)])
    it(`accepts ${key.slice(0, 20)}`, () => checkKey(key, 'name', 'Metric name'));

  for (const key of [
    '../x',
    'a/../b',
    '/abs',
    'a//b',
    '.',
    'a/.',
    'a/',
    '..',
    'a%b',
    'a,b',
    'a@b',
    'a\nb',
    'a\\b',
    'é\0',
  ])
    it(`refuses ${JSON.stringify(key)}`, () => {
      assert.match(
        refusal(() => checkKey(key, 'name', 'Metric name')),
        /^Invalid value .* for parameter 'name' supplied: Names may/,
      );
    });

  it('refuses soon what is far too long, also when it climbs', () => {
    const started = performance.now();
    const long = '../'.repeat(200_000);
    assert.throws(() => checkKey(long, 'key', 'key'), /exceeds the maximum length/);
    assert.throws(() => checkModelName('..'.repeat(200_000)), /exceeds the maximum length/);
    assert.ok(performance.now() - started < 4_000);
  });

  it('names the limit in characters, not in UTF-16 units', () => {
    checkKey('𝛼'.repeat(250), 'name', 'Metric name');
    assert.equal(
      refusal(() => checkKey('𝛼'.repeat(251), 'name', 'Metric name')),
      "'Metric name' exceeds the maximum length of 250 characters",
    );
  });
});

describe('lengths', () => {
  it('cuts params at 6000 and run tags at 8000 characters', () => {
    assert.equal(checkParam({ key: 'p', value: 'v'.repeat(7000) }).value.length, 6000);
    assert.equal(checkRunTag({ key: 't', value: 'v'.repeat(9000) }).value.length, 8000);
  });

  it('never cuts a character in two', () => {
    assert.equal(cut('a😀b', 2), 'a😀');
    assert.equal(cut('😀😀', 2), '😀😀');
  });

  it('takes an absent value for the empty string', () => {
    assert.deepEqual(checkParam({ key: 'p' }), { key: 'p', value: '' });
  });

  it('refuses long values of experiments and models instead of cutting them', () => {
    assert.equal(
      refusal(() => checkTags([{ key: 'k', value: 'v'.repeat(101) }], 100)),
      "'value' exceeds the maximum length of 100 characters",
    );
  });
});

describe('ids and other names', () => {
  it('takes run ids of letters, digits, _ and - only', () => {
    checkRunId('33f6a0');
    for (const id of ['', '../x', 'a/b', '-a', 'a b', 'x'.repeat(257)])
      assert.match(
        refusal(() => checkRunId(id)),
        /^Invalid value .* for parameter 'run_id'/,
      );
  });

  it('takes experiment names up to 500 characters, and no blank ones', () => {
    checkExperimentName('x'.repeat(500));
    refusal(() => checkExperimentName(' '));
    refusal(() => checkExperimentName('x'.repeat(501)));
  });

  it('refuses model names that would be another path', () => {
    checkModelName('my model.v2');
    for (const name of [' ', 'a/b', 'a:b', '..', '.']) refusal(() => checkModelName(name));
    for (const name of ['', 'a/b', 'a:b', 'a.b', 'a%b', 'a"b', "a'b"])
      refusal(() => checkLoggedModelName(name));
  });

  it('keeps latest and v1 free of aliases', () => {
    checkAlias('champion_2');
    refusal(() => checkAlias('a b'));
    for (const alias of ['latest', 'Latest', 'v1', 'V22']) refusal(() => checkAliasFree(alias));
    checkAliasFree('v1a');
  });

  it('knows a trace id', () => {
    assert.ok(isTraceId(`tr-${'0'.repeat(32)}`));
    assert.ok(isTraceId('7d444840-9dc0-11d1-b245-5ffdce74fad2'));
    assert.ok(!isTraceId('tr-../../x'));
    assert.ok(!isTraceId(''));
  });
});
