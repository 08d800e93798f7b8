import assert from 'node:assert/strict';
import { TrainyardError } from '../../../../src/base/errors.js';
import { toMlflowFilter } from '../../../../src/workspace/mlflow/filter.js';

const STATUS_NOT = (...statuses: string[]) =>
  statuses.map((status) => `attributes.status != '${status}'`).join(' AND ');

describe('filters for an MLflow server', () => {
  const SAID: [ours: string, theirs: string][] = [
    ['metrics.acc > .9', 'metrics.`acc` > 0.9'],
    ['metrics."val acc" <= 1e-3', 'metrics.`val acc` <= 0.001'],
    ['metrics.loss < inf', `metrics.\`loss\` < ${Number.MAX_VALUE}`],
    ['metrics.acc BETWEEN 0 AND 1', 'metrics.`acc` >= 0 AND metrics.`acc` <= 1'],
    ['metrics.acc IS NOT NULL', `metrics.\`acc\` >= -${Number.MAX_VALUE}`],
    ['params.lr = 0.1 and tags.stage != "done"', "params.`lr` = '0.1' AND tags.`stage` != 'done'"],
    ["params.a = 'it''s'", 'params.`a` = "it\'s"'],
    ['params.`a"b` LIKE x%', "params.`a\"b` LIKE 'x%'"],
    ['params."a`b" = 1', 'params."a`b" = \'1\''],
    ['params.a CONTAINS 5%', "params.`a` ILIKE '%5_%'"],
    ['params.a IS NULL', 'params.`a` IS NULL'],
    ['NOT params.a IS NULL', "params.`a` LIKE '%'"],
    ['params.a NOT IN (x, y)', "params.`a` LIKE '%' AND params.`a` != 'x' AND params.`a` != 'y'"],
    ['params.a IN (x)', "params.`a` = 'x'"],
    ['id IN (aa, bb)', "attributes.run_id IN ('aa', 'bb')"],
    ['name ILIKE %mlp%', "attributes.run_name ILIKE '%mlp%'"],
    ['mlp', "attributes.run_name ILIKE '%mlp%'"],
    ['two words', "attributes.run_name ILIKE '%two%' AND attributes.run_name ILIKE '%words%'"],
    ['state = cancelled', "attributes.status = 'KILLED'"],
    ['status = FINISHED', "attributes.status = 'FINISHED'"],
    ['state IN (failed, cancelled)', STATUS_NOT('SCHEDULED', 'RUNNING', 'FINISHED')],
    ['state != running', STATUS_NOT('RUNNING')],
    ['NOT (state = running OR state = queued)', STATUS_NOT('RUNNING') + ' AND ' + STATUS_NOT('SCHEDULED')],
    ['NOT name = a', "attributes.run_name != 'a'"],
    ['NOT start_time < 5', 'attributes.start_time >= 5'],
    ['start_time >= 2026-11-01T00:00:00Z', `attributes.start_time >= ${Date.UTC(2026, 10, 1)}`],
    ['script = train.py', "tags.`mlflow.source.name` = 'train.py'"],
    ['datasets.name IN (a, b)', "datasets.name IN ('a', 'b')"],
  ];
  for (const [ours, theirs] of SAID)
    it(`say “${ours}”`, () => {
      const said = toMlflowFilter(ours);
      // A status of several is what is none of the others, and the order of those does not matter.
      const parts = (text = '') => text.split(' AND ').sort();
      assert.deepEqual(parts(said), parts(theirs));
    });

  it('are none for none', () => {
    assert.equal(toMlflowFilter(undefined), undefined);
    assert.equal(toMlflowFilter('  '), undefined);
  });

  const REFUSED: [filter: string, words: RegExp][] = [
    ['metrics.a > 1 OR metrics.b > 1', /cannot search with OR, at character 1/],
    ['metrics.b < 2 AND NOT metrics.a > 1', /cannot search with NOT, at character 23/],
    ['NOT params.a = 1', /cannot search with NOT/],
    ['params.lr > 0.01', /keeps params and tags as texts/],
    ['metrics.a = nan', /cannot search for nan/],
    ['metrics.a IS NULL', /among params and tags only/],
    ['metrics.a > much', /Expected a number, not much, at character 13/],
    ['metrics.a LIKE 1', /LIKE is for texts/],
    ['params.a IN (x, y)', /IN for ids, states and datasets only/],
    ['duration > 1h', /cannot search by duration/],
    ['experiment = x', /cannot search by experiment/],
    ['lr = 1', /Write metrics\.lr, params\.lr or tags\.lr/],
    ['attributes.lr = 1', /There is no attribute lr/],
    ['state = done', /There is no state done/],
    ['state LIKE f%', /states with = and IN only/],
    [`params.a = 'b"''c'`, /both ' and "/],
    ['datasets.size = 1', /There is no size of a dataset/],
    ['metrics.a >', /Expected a value/],
  ];
  for (const [filter, words] of REFUSED)
    it(`refuse “${filter}” with its place`, () => {
      assert.throws(
        () => toMlflowFilter(filter),
        (error) => TrainyardError.is(error, 'BAD_REQUEST') && words.test(error.message),
      );
    });
});
