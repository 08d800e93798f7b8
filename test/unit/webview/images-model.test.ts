import assert from 'node:assert/strict';
import { imageAt, ImagesModel } from '../../../webview/charts/images-model.js';

const at = (key: string, ...steps: number[]) =>
  steps.map((step) => ({ key, step, path: `${key}/${step}`, small: `${key}/${step}` }));

describe('imageAt', () => {
  const images = at('a', 0, 10, 20);

  it('is the nearest at the step or below', () => {
    assert.equal(imageAt(images, 10)?.step, 10);
    assert.equal(imageAt(images, 19)?.step, 10);
    assert.equal(imageAt(images, 1e9)?.step, 20);
    assert.equal(imageAt(images, -1), undefined);
  });

  it('is the newest without a step', () => {
    assert.equal(imageAt(images, null)?.step, 20);
    assert.equal(imageAt([], null), undefined);
  });
});

describe('ImagesModel', () => {
  const RUNS = ['r1', 'r2'];
  let model: ImagesModel;
  beforeEach(() => {
    model = new ImagesModel();
    model.set('r1', [...at('grid10', 0, 10), ...at('grid9', 100, 200)]);
    model.set('r2', at('grid10', 5, 10, 15));
  });

  it('knows keys and steps of all runs, in order', () => {
    assert.deepEqual(model.keys(RUNS), ['grid9', 'grid10']);
    assert.deepEqual(model.steps('grid10', RUNS), [0, 5, 10, 15]);
    assert.deepEqual(model.steps('grid10', ['r1']), [0, 10]);
    assert.deepEqual(model.keys(['r3']), []);
  });

  it('begins at the newest and follows it', () => {
    assert.equal(model.step('grid10'), null);
    model.setStep('grid10', 5, RUNS);
    assert.equal(model.step('grid10'), 5);
    assert.equal(model.step('grid9'), 5, 'linked');
    // The newest of all keys, not of this one.
    model.setStep('grid10', 15, RUNS);
    assert.equal(model.step('grid10'), 15);
    model.setStep('grid9', 200, RUNS);
    assert.equal(model.step('grid10'), null);
  });

  it('stays where it is when new ones come, but for its end', () => {
    model.setStep('grid9', 100, RUNS);
    model.set('r1', at('grid9', 100, 200, 300));
    assert.equal(model.step('grid9'), 100);
  });

  it('has a step for each key when they are not linked', () => {
    model.link(false, undefined);
    model.setStep('grid10', 5, RUNS);
    assert.equal(model.step('grid10'), 5);
    assert.equal(model.step('grid9'), null);
    model.setStep('grid10', 15, RUNS);
    assert.equal(model.step('grid10'), null, 'its own end');
    model.setStep('grid10', 10, RUNS);
    model.link(true, 'grid10');
    assert.equal(model.step('grid9'), 10);
  });

  it('forgets runs that are gone', () => {
    model.keepOnly(new Set(['r1']));
    assert.deepEqual(model.steps('grid10', RUNS), [0, 10]);
    model.set('r1', []);
    assert.deepEqual(model.keys(RUNS), []);
  });
});
