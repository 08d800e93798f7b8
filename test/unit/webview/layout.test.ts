import assert from 'node:assert/strict';
import { parseSearch, sectionsOf, shortName } from '../../../webview/charts/layout.js';

describe('sectionsOf', () => {
  it('groups by the prefix, plain metrics first and the machine last and closed', () => {
    const sections = sectionsOf(
      new Set(['val/loss', 'system/cpu', 'loss', 'train/a/b', 'train/loss', 'zeta/x']),
    );
    assert.deepEqual(
      sections.map(({ prefix, keys, collapsed }) => [prefix, keys, collapsed]),
      [
        ['', ['loss'], false],
        ['train', ['train/a/b', 'train/loss'], false],
        ['val', ['val/loss'], false],
        ['zeta', ['zeta/x'], false],
        ['system', ['system/cpu'], true],
      ],
    );
  });

  it('orders numbers in names as numbers', () => {
    assert.deepEqual(sectionsOf(new Set(['layer10', 'layer2', 'layer1']))[0]?.keys, [
      'layer1',
      'layer2',
      'layer10',
    ]);
  });

  it('takes a name that starts with a slash as a plain one', () => {
    assert.equal(sectionsOf(new Set(['/odd']))[0]?.prefix, '');
    assert.equal(shortName('/odd'), 'odd');
  });
});

describe('pinned metrics', () => {
  it('stand first in their order, and nowhere else', () => {
    const sections = sectionsOf(new Set(['loss', 'val/a', 'val/b']), ['val/b', 'gone', 'loss']);
    assert.deepEqual(
      sections.map(({ title, keys }) => [title, keys]),
      [
        ['Pinned', ['val/b', 'loss']],
        ['val', ['val/a']],
      ],
    );
  });
});

describe('shortName', () => {
  it('leaves the prefix out and the rest in', () => {
    assert.equal(shortName('train/layer/0'), 'layer/0');
    assert.equal(shortName('loss'), 'loss');
    assert.equal(shortName('train/'), 'train/');
  });
});

describe('parseSearch', () => {
  it('wants every word, in any case', () => {
    const { matches } = parseSearch(' Loss  TRAIN ');
    assert.ok(matches('train/loss'));
    assert.ok(!matches('val/loss'));
  });

  it('takes what is between slashes as a regular expression', () => {
    const { matches, problem } = parseSearch('/^(train|val)\\/acc/');
    assert.equal(problem, undefined);
    assert.ok(matches('val/accuracy'));
    assert.ok(!matches('test/accuracy'));
  });

  it('searches for it before the last slash is typed', () => {
    assert.ok(!parseSearch('/^loss').matches('train/loss'));
  });

  it('matches everything and says why when the expression is wrong', () => {
    const { matches, problem } = parseSearch('/(/');
    assert.ok(matches('anything'));
    assert.match(problem ?? '', /expression|group/i);
  });

  it('finds a slash in plain text', () => {
    assert.ok(parseSearch('train/').matches('train/loss'));
  });
});
