import assert from 'node:assert/strict';
import { Type } from 'typebox';
import { byModel, parseBatch } from '../../../src/server/mlflow/batch.js';
import { toMlflowError } from '../../../src/server/mlflow/errors.js';
import { parseBody } from '../../../src/server/mlflow/json.js';
import {
  int64,
  jsonDouble,
  maxResults,
  metricValue,
  optionalInt64,
  runStatus,
  toRecord,
} from '../../../src/server/mlflow/params.js';
import { pythonFloat, pythonString } from '../../../src/server/mlflow/python.js';
import { Batch } from '../../../src/server/mlflow/batch.js';
import { checker, Required, Texts } from '../../../src/server/mlflow/schema.js';
import { TrainyardError } from '../../../src/base/errors.js';

describe('bodies of requests', () => {
  it('reads the bare words that Python writes, outside of strings only', () => {
    assert.deepEqual(parseBody('{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \\" Infinity", "d": 1}'), {
      a: 'NaN',
      b: ['-Infinity', 'Infinity'],
      c: 'NaN " Infinity',
      d: 1,
    });
    assert.deepEqual(parseBody('{"v": 1e999}'), { v: Infinity });
  });

  it('reads them beside a long text, and gives up soon on one that has no end', () => {
    const long = 'x'.repeat(10_000_000);
    assert.deepEqual(parseBody(`{"a": NaN, "b": "${long}"}`), { a: 'NaN', b: long });
    const started = performance.now();
    assert.throws(() => parseBody('"' + '\\"'.repeat(1_000_000)), { code: 'INVALID_PARAMETER_VALUE' });
    assert.ok(performance.now() - started < 4_000);
  });

  it('takes an empty body for no fields', () => assert.deepEqual(parseBody(' '), {}));

  for (const text of ['{', '{"a":}', 'NaN}', '{"a": NaNa}'])
    it(`refuses ${text}`, () => assert.throws(() => parseBody(text), { code: 'INVALID_PARAMETER_VALUE' }));
});

describe('the check of a request', () => {
  const check = checker(Type.Object({ run_id: Required, stages: Texts }));
  const refusal = (input: unknown, by = check) => {
    try {
      by(input);
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };

  it('names what is missing', () => {
    assert.equal(
      refusal({}),
      "Missing value for required parameter 'run_id'. See the API docs for more information about request parameters.",
    );
    assert.match(refusal({ run_id: '' }), /^Missing value for required parameter 'run_id'/);
  });

  it('names what has the wrong type', () => {
    assert.match(
      refusal({ run_id: 3 }),
      /^Invalid value 3 for parameter 'run_id' supplied: {2}Hint: Value was of type 'int'\. See/,
    );
    assert.match(refusal({ run_id: 'a', stages: [1] }), /^Invalid value 1 for parameter 'stages\[0\]'/);
    assert.match(
      refusal({ run_id: 'a', stages: {} }),
      /'stages' supplied: {2}Hint: Value was of type 'dict'/,
    );
  });

  it('does not repeat a huge value', () => {
    assert.ok(refusal({ run_id: 'a', stages: 'x'.repeat(1e6) }).length < 1000);
  });

  it('gives the place inside a list', () => {
    const batch = checker(Batch);
    const metrics = [
      { key: 'a', value: 1, timestamp: 1 },
      { key: 'b', timestamp: 1 },
    ];
    assert.match(
      refusal({ run_id: 'r', metrics }, batch),
      /^Missing value for required parameter 'metrics\[1\]\.value'/,
    );
    const params = [{ key: 'a', value: 1 }];
    assert.match(
      refusal({ run_id: 'r', params }, batch),
      /^Invalid value 1 for parameter 'params\[0\]\.value'/,
    );
  });

  it('ignores fields that it does not know', () => check({ run_id: 'a', extra: 1 }));
});

describe('values', () => {
  it('reads a 64-bit integer as number and as decimal string', () => {
    assert.equal(int64('1795219054041', 't'), 1795219054041);
    assert.equal(int64(-3, 't'), -3);
    assert.equal(optionalInt64(undefined, 't'), undefined);
    assert.throws(() => int64('99999999999999999999', 't'), /64-bit/);
    assert.throws(() => int64('9223372036854775808', 't'), /64-bit/);
    // JSON of the nearest double has to be an int64 to whoever reads it.
    for (const edge of ['9223372036854775807', '-9223372036854775808']) {
      const written = BigInt(JSON.stringify(int64(edge, 't')));
      assert.equal(BigInt.asIntN(64, written), written);
    }
  });

  it('reads a double as number and as protobuf writes it', () => {
    for (const value of [NaN, Infinity, -Infinity, 0.5, -0])
      assert.ok(
        Object.is(metricValue(typeof jsonDouble(value) === 'string' ? jsonDouble(value) : value, 'v'), value),
      );
    assert.equal(metricValue('1e-3', 'v'), 0.001);
    for (const value of [true, null, 'x', '', ' 1', {}, [1], 'constructor', `${'1'.repeat(200_000)}x`])
      assert.throws(() => metricValue(value, 'v'), /Value was of type/);
  });

  it('reads enums by name and by number', () => {
    assert.equal(runStatus.parse('FINISHED'), 'finished');
    assert.equal(runStatus.parse(5), 'killed');
    assert.throws(() => runStatus.parse('DONE'), /Valid values are RUNNING/);
    assert.equal(runStatus.name('scheduled'), 'SCHEDULED');
  });

  it('keeps page sizes in their range', () => {
    assert.equal(maxResults(undefined, 10, 5), 5);
    assert.throws(() => maxResults(undefined, 10), /positive integer/);
    assert.throws(() => maxResults('0', 10, 5), /positive integer/);
    assert.throws(() => maxResults(11, 10, 5), /^MlflowError: Invalid value 11 for parameter 'max_results'/);
  });

  it('keeps a tag that is called __proto__', () => {
    assert.deepEqual(Object.entries(toRecord([{ key: '__proto__', value: 'x' }])), [['__proto__', 'x']]);
  });

  it('quotes as Python does', () => {
    assert.equal(pythonString('a'), "'a'");
    assert.equal(pythonString("it's"), '"it\'s"');
    assert.equal(pythonString('a\n\\'), "'a\\n\\\\'");
  });
});

describe('a batch', () => {
  const point = (key: string) => ({ key, value: 1, timestamp: 1 });

  it('is read as a whole', () => {
    const parsed = parseBatch({
      run_id: 'r',
      metrics: [{ key: 'loss', value: 'NaN', timestamp: '5', step: '2' }],
      params: [{ key: 'p', value: '1' }],
      tags: [
        { key: 't', value: 'a' },
        { key: 't', value: 'b' },
      ],
    });
    assert.deepEqual(parsed, {
      points: [{ key: 'loss', value: NaN, timestamp: 5, step: 2 }],
      params: { p: '1' },
      tags: { t: 'b' },
    });
  });

  it('has limits', () => {
    const metrics = Array.from({ length: 1001 }, (_, i) => point(`m${i}`));
    assert.throws(() => parseBatch({ run_id: 'r', metrics }), {
      message:
        'A batch logging request can contain at most 1000 metrics. Got 1001 metrics. Please split up metrics across ' +
        'multiple requests and try again.',
    });
    const params = Array.from({ length: 101 }, (_, i) => ({ key: `p${i}` }));
    assert.throws(() => parseBatch({ run_id: 'r', params }), /at most 100 params/);
    assert.throws(
      () => parseBatch({ run_id: 'r', metrics: metrics.slice(0, 1000), params: params.slice(0, 1) }),
      /at most 1000 metrics, params, and tags/,
    );
  });

  it('is refused for one bad metric, named by its place', () => {
    assert.throws(
      () => parseBatch({ run_id: 'r', metrics: [point('a'), point('../b')] }),
      /'metrics\[1\]\.name'/,
    );
    assert.throws(
      () => parseBatch({ run_id: 'r', metrics: [{ key: 'a', value: 1, timestamp: -1 }] }),
      /'metrics\[0\]\.timestamp'/,
    );
  });

  it('may not hold a param twice', () => {
    const params = [
      { key: 'd', value: '1' },
      { key: 'd', value: '1' },
    ];
    assert.throws(
      () => parseBatch({ run_id: 'r', params }),
      /^MlflowError: Duplicate parameter keys have been submitted: \['d'\]/,
    );
  });

  it('gives points to the logged models that they name', () => {
    const { points } = parseBatch({
      run_id: 'r',
      metrics: [point('a'), { ...point('b'), model_id: 'm-1', dataset_name: 'd', dataset_digest: 'e' }],
    });
    const expected = {
      key: 'b',
      value: 1,
      timestamp: 1,
      step: 0,
      runId: 'r',
      datasetName: 'd',
      datasetDigest: 'e',
    };
    assert.deepEqual([...byModel('r', points)], [['m-1', [expected]]]);
  });
});

describe('numbers in messages', () => {
  it('are written as Python writes them', () => {
    const written = [1, -0.5, 0, 1e16, 1.5e-5, 123456.789, NaN, Infinity, -Infinity].map(pythonFloat);
    assert.deepEqual(written, ['1.0', '-0.5', '0.0', '1e+16', '1.5e-05', '123456.789', 'nan', 'inf', '-inf']);
  });
});

describe('errors on the wire', () => {
  it('keep expected failures away from the statuses that the client repeats', () => {
    for (const [code, status, name] of [
      ['BAD_REQUEST', 400, 'INVALID_PARAMETER_VALUE'],
      ['NOT_FOUND', 404, 'RESOURCE_DOES_NOT_EXIST'],
      ['CONFLICT', 400, 'RESOURCE_ALREADY_EXISTS'],
      ['UNAUTHENTICATED', 401, 'UNAUTHENTICATED'],
      ['FORBIDDEN', 403, 'PERMISSION_DENIED'],
      ['TOO_LARGE', 413, 'INVALID_PARAMETER_VALUE'],
      ['STORE_FULL', 507, 'INTERNAL_ERROR'],
    ] as const) {
      const error = toMlflowError(new TrainyardError(code, 'It went wrong.', { hint: 'Do this.' }));
      assert.deepEqual(
        [error.status, error.toData()],
        [status, { error_code: name, message: 'It went wrong. Do this.' }],
      );
    }
  });

  it('do not tell what an unexpected fault was', () => {
    const error = toMlflowError(new Error('secret'));
    assert.equal(error.status, 500);
    assert.ok(!error.message.includes('secret'));
  });
});
