import assert from 'node:assert/strict';
import { fileName, keyOf, prefixOf } from '../../../src/server/tensorboard/names.js';

describe('the names of what event files hold', () => {
  it('begin with the folder, less what says only where and when', () => {
    for (const [folder, prefix] of [
      ['', ''],
      ['train', 'train/'],
      ['logs/train', 'train/'],
      ['logs/fit/20261121-083710/validation', 'validation/'],
      ['runs/Nov21_08-37-10_host_lr0.1', ''],
      ['runs/Nov21_08-37-10_host/1795250230.12', ''],
      ['lightning_logs/version_3', ''],
      ['results/runs/Nov21_08-37-10_host', ''],
      ['runs/resnet/val', 'resnet/val/'],
    ])
      assert.equal(prefixOf(folder as string), prefix, folder);
  });

  it('are what MLflow takes for keys', () => {
    assert.equal(keyOf('train/', 'epoch_loss'), 'train/epoch_loss');
    assert.equal(keyOf('', 'Loss (mean) %'), 'Loss _mean_ _');
    assert.equal(keyOf('', '/a//../b/'), 'a/b');
    assert.equal(keyOf('', '..'), '_');
    assert.equal(keyOf('', 'é'.repeat(300)).length, 250);
    assert.equal(
      keyOf('', `..${'/x'.repeat(124)}`),
      `..${'/x'.repeat(124)}`.slice(3),
      'not cut to what climbs',
    );
  });

  it('keep their end when they are too long, so that tags of one folder stay apart', () => {
    const key = keyOf(`${'deep/'.repeat(60)}`, 'loss');
    assert.ok(key.length <= 250 && key.endsWith('/deep/loss'), key);
  });

  it('are those of log_image for pictures', () => {
    const file = { key: 'val/sample', step: 3, timestamp: 5, id: 'abc', extension: 'png' };
    assert.equal(fileName('images', file), 'images/val#sample%step%3%timestamp%5%abc.png');
  });
});
