import assert from 'node:assert/strict';
import { around, count, t } from '../../../webview/shared/l10n.js';

describe('the texts of the pages', () => {
  it('are English where there is no translation, with what they speak of filled in', () => {
    assert.equal(t('{0} of {1}', 3, '{0}'), '3 of {0}');
    assert.equal(t('{0} of {1}', 3), '3 of {1}', 'a hole that nobody fills stays');
  });

  it('have an element in their midst, or at their ends', () => {
    const element = { an: 'element' };
    assert.deepEqual(around(t('What is at {0}, is kept.'), element), ['What is at ', element, ', is kept.']);
    assert.deepEqual(around(t('{0} of {1}', '{0}', '{0}'), element), ['', element, ' of {0}']);
  });

  it('tell one from many', () => {
    assert.equal(count(1, 'One run.', '{0} runs.'), 'One run.');
    assert.equal(count(2000, 'One run.', '{0} runs.', '2,000'), '2,000 runs.');
    assert.equal(count(0, 'One run.', '{0} runs.'), '0 runs.');
  });
});
