import assert from 'node:assert/strict';
import { fileName, fileNameUnder, formerPrefixOf, keyOf } from '../../../src/server/tensorboard/names.js';

describe('the names of what event files hold', () => {
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
    assert.equal(fileName('images', file), 'images/val~sample+step+3+timestamp+5+abc.png');
    assert.equal(
      fileName('text', { ...file, key: 'a: b', extension: 'md' }),
      'text/a_ b+step+3+timestamp+5+abc.md',
      'Windows takes no colon',
    );
    const long = fileName('images', { ...file, key: `${'é'.repeat(240)}/end` });
    assert.match(long, /é~end\+step/);
    assert.ok(Buffer.byteLength(long) < 240, 'no disk takes a longer one');
  });

  it('of pictures follow when the prefix of their folder becomes another', () => {
    const at = (key: string) => `images/${key}+step+3+timestamp+5+abc.png`;
    assert.equal(fileNameUnder(at('sample'), '', 'train/'), at('train~sample'));
    assert.equal(fileNameUnder(at('train~a~b'), 'train/', '1/train/'), at('1~train~a~b'));
    assert.equal(fileNameUnder(at('train~a'), 'train/', ''), at('a'));
  });

  it('stay as they were where an earlier version gave them', () => {
    for (const [folder, prefix] of [
      ['', ''],
      ['logs/fit/20261121-083710/validation', 'validation/'],
      ['runs/resnet/val', 'resnet/val/'],
      ['logs/PPO_1', 'PPO_1/'],
    ])
      assert.equal(formerPrefixOf(folder as string), prefix, folder);
  });
});
