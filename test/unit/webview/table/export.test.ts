import assert from 'node:assert/strict';
import { toCsv, toMarkdown, toTsv } from '../../../../webview/table/export.js';

const SHEET = {
  head: ['Name', 'lr', 'note'],
  rows: [
    ['a, "b"', '-0.5', undefined],
    ['x|y', '1e-4', '=1+1'],
    ['two\nlines', 'NaN', '@here'],
  ],
};

describe('the table as text', () => {
  it('is CSV with quotes where they are needed', () => {
    assert.equal(
      toCsv(SHEET),
      'Name,lr,note\r\n"a, ""b""",-0.5,\r\nx|y,1e-4,\'=1+1\r\n"two\nlines",NaN,\'@here\r\n',
    );
  });

  it('is a Markdown table with numbers to the right', () => {
    assert.equal(
      toMarkdown(SHEET, [false, true, false]),
      [
        '| Name | lr | note |',
        '| --- | ---: | --- |',
        '| a, "b" | -0.5 |  |',
        '| x\\|y | 1e-4 | =1+1 |',
        '| two lines | NaN | @here |',
        '',
      ].join('\n'),
    );
  });

  it('is tab-separated for the clipboard', () => {
    assert.equal(toTsv(SHEET).split('\n')[3], 'two lines\tNaN\t@here');
  });
});
