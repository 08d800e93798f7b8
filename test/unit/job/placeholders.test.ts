import assert from 'node:assert/strict';
import { fillPlaceholders } from '../../../src/job/placeholders.js';

describe('fillPlaceholders', () => {
  const fill = (word: string) =>
    fillPlaceholders([word], { inputs: { lr: '0.1', 'a.b': '$& x' }, outputs: { model: '/out/model' } })[0];

  it('puts values and paths in as they are', () => {
    assert.equal(
      fill('t.py --lr ${{inputs.lr}} ${{ outputs.model }} "${{inputs.a.b}}"'),
      't.py --lr 0.1 /out/model "$& x"',
    );
  });

  it('leaves what it does not know', () => {
    const text = '${{inputs.other}} ${{outputs.lr}} ${{parent.inputs.lr}} ${{inputs.toString}} $inputs.lr';
    assert.equal(fill(text), text);
  });
});
