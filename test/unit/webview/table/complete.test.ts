import assert from 'node:assert/strict';
import { complete, type Known } from '../../../../webview/table/complete.js';

const KNOWN: Known = {
  metrics: ['val_accuracy', 'val/loss', 'odd name'],
  params: ['lr', 'optimizer'],
  tags: ['stage'],
  valuesOf: (kind, name) => (`${kind}.${name}` === 'param.optimizer' ? ['adam', 'sgd', "o'x"] : []),
};
const options = (text: string) => complete(text, KNOWN).options;

describe('completing a filter', () => {
  it('offers names that begin so before those that have it somewhere', () => {
    assert.deepEqual(options('l'), ['params.lr', 'metrics.val_accuracy', 'metrics.val/loss']);
    assert.deepEqual(options('metrics.val'), ['metrics.val_accuracy', 'metrics.val/loss']);
  });

  it('writes a name that is no word between backticks', () => {
    assert.deepEqual(options('odd'), ['metrics.`odd name`']);
  });

  it('offers the operators that the kind has', () => {
    assert.deepEqual(options('metrics.val/loss '), ['=', '!=', '>', '>=', '<', '<=']);
    assert.ok(options('params.lr ').includes('ILIKE'));
    assert.deepEqual(options('params.lr il'), ['ILIKE']);
  });

  it('offers values that were seen, which can be written', () => {
    assert.deepEqual(options('params.optimizer = '), ["'adam'", "'sgd'"]);
    assert.deepEqual(options("params.optimizer = 's"), ["'sgd'"]);
    assert.ok(options('attributes.status = ').includes("'FAILED'"));
    assert.deepEqual(options('metrics.val_accuracy > 0'), []);
  });

  it('joins, and goes on after AND', () => {
    assert.deepEqual(options('metrics.val_accuracy > 0.9 '), ['AND']);
    assert.deepEqual(options("params.optimizer = 'adam' a"), ['AND']);
    assert.deepEqual(options('metrics.val_accuracy > 0.9 AND params.o'), ['params.optimizer']);
    assert.deepEqual(options('metrics.val_accuracy > 0.9 o'), ['OR']);
    assert.deepEqual(options('metrics.val_accuracy > 0.9 or not (params.o'), ['params.optimizer']);
  });

  it('says what an option replaces', () => {
    const { from, to } = complete('metrics.val_accuracy > 0.9 and par', KNOWN);
    assert.deepEqual([from, to], [31, 34]);
  });

  it('is quiet inside a text', () => {
    assert.deepEqual(options("params.lr = 'x and p"), []);
  });
});
