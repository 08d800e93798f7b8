import assert from 'node:assert/strict';
import { labelledBy, labelsOf } from '../../../src/extension/panels/run-labels.js';

describe('the labels of runs', () => {
  it('are their params and the tags that people gave', () => {
    const run = { params: { lr: '0.1' }, tags: { team: 'a', 'mlflow.user': 'ada', 'trainyard.job': '1' } };
    assert.deepEqual(labelledBy(run), { 'param:lr': '0.1', 'tag:team': 'a' });
  });

  it('become a column each, with 0 where a run has none', () => {
    assert.deepEqual(labelsOf([{ 'param:lr': '0.1' }, {}, { 'param:lr': '0.2' }, { 'param:lr': '0.1' }]), [
      { id: 'param:lr', values: ['0.1', '0.2'], codes: [1, 0, 2, 1] },
    ]);
  });

  it('begin with what differs', () => {
    const labels = labelsOf([
      { 'param:same': 'x', 'param:lr': '1' },
      { 'param:same': 'x', 'param:lr': '2' },
    ]);
    assert.deepEqual(
      labels.map(({ id }) => id),
      ['param:lr', 'param:same'],
    );
  });

  it('leave out texts, and what is another for each of many runs', () => {
    assert.deepEqual(labelledBy({ params: { text: 'x'.repeat(201) }, tags: {} }), {});
    const runs = Array.from({ length: 101 }, (_, i) => ({
      'param:output': `run-${i}`,
      'param:seed': String(i % 3),
    }));
    assert.deepEqual(
      labelsOf(runs).map(({ id }) => id),
      ['param:seed'],
    );
  });
});
