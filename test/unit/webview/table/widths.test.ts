import assert from 'node:assert/strict';
import { chunkOf } from '../../../../src/extension/panels/run-chunk.js';
import { columnOf, EMPTY_LAYOUT } from '../../../../webview/table/columns.js';
import { TableView } from '../../../../webview/table/view.js';
import { tableRun } from '../../../ui/webview/table-host.js';

/** Ten pixels a character, eleven where it is bold. */
const measure = (text: string, isBold: boolean) => text.length * (isBold ? 11 : 10);
const run = (number: number, value: number) =>
  tableRun(number, {
    metrics: {
      loss: { value, min: value, max: value, step: 0, timestamp: 0, count: 1 },
      size: { value, min: value, max: value, step: 0, timestamp: 0, count: 1 },
    },
    params: { lr: '0.1' },
  });

function viewOf(values: number[]): TableView {
  const view = new TableView(measure);
  view.put(
    chunkOf(
      values.map((value, i) => run(i, value)),
      () => '',
    ),
  );
  return view;
}

describe('the width of a column', () => {
  it('fits its widest value, and the mark where a value can be the best', () => {
    const view = viewOf([0.5, 0.18432]);
    assert.equal(view.widthOf(columnOf('metric:size')), 70 + 20);
    assert.equal(view.widthOf(columnOf('metric:loss')), 77 + 15 + 20);
  });

  it('fits the best among thousands', () => {
    const values = Array.from({ length: 5000 }, () => 0.5);
    values[4321] = 0.0001234;
    assert.equal(viewOf(values).widthOf(columnOf('metric:loss')), 99 + 15 + 20);
  });

  it('grows with what comes, and does not shrink again', () => {
    const view = viewOf([0.5]);
    const width = () => view.widthOf(columnOf('metric:size'));
    assert.equal(width(), 88);
    view.put(chunkOf([run(0, 0.123456789)], () => ''));
    assert.equal(width(), 70 + 20);
    view.put(chunkOf([run(0, 0.5)], () => ''));
    assert.equal(width(), 70 + 20);
  });

  it('is what a person gave it', () => {
    const view = viewOf([0.18432]);
    view.layout = { ...EMPTY_LAYOUT, widths: { 'metric:loss': 60 } };
    assert.equal(view.widthOf(columnOf('metric:loss')), 60);
  });
});
