import assert from 'node:assert/strict';
import { expressionsIn, fill, readExpressions } from '../../../../src/job/file/expressions.js';

const filled = (text: string, values: Record<string, string>) =>
  fill(readExpressions(text).parts, (body) => values[body]);

describe('expressions', () => {
  for (const [text, expected] of [
    ['python t.py --lr ${{inputs.lr}}', 'python t.py --lr 0.1'],
    ['a ${{ inputs.lr }} b', 'a 0.1 b'],
    ['a {inputs.lr} b', 'a 0.1 b'],
    ['a {{inputs.lr}} b', 'a {{inputs.lr}} b'],
    ['x $[[--lr ${{inputs.lr}}]] y', 'x --lr 0.1 y'],
    ['x $[[--wd ${{inputs.wd}}]] y', 'x  y'],
    ['x $[[--lr ${{inputs.lr}} $[[--wd ${{inputs.wd}}]]]] y', 'x --lr 0.1  y'],
    ['x $[[--wd ${{inputs.wd}} $[[--lr ${{inputs.lr}}]]]] y', 'x  y'],
    ['[[ -f x ]] && echo ${HOME} $x ${{inputs.lr}}', '[[ -f x ]] && echo ${HOME} $x 0.1'],
    ['awk {print}', 'awk {print}'],
  ] as const)
    it(`fills in ${text}`, () => assert.equal(filled(text, { 'inputs.lr': '0.1' }), expected));

  it('are filled in as they are', () => {
    assert.equal(filled('echo ${{inputs.x}}', { 'inputs.x': `a 'b'\n$c` }), `echo a 'b'\n$c`);
  });

  it('have places', () => {
    const text = 'run ${{inputs.a}} $[[ ${{inputs.b}} ]]';
    const found = expressionsIn(readExpressions(text).parts);
    assert.deepEqual(
      found.map(({ expression: { start, end }, isOptional }) => [text.slice(start, end), isOptional]),
      [
        ['${{inputs.a}}', false],
        ['${{inputs.b}}', true],
      ],
    );
  });

  it('that are not closed stay text, and are told', () => {
    const one = readExpressions('a ${{inputs.lr');
    assert.deepEqual(one.unclosed, [{ start: 2, end: 5, bracket: '${{' }]);
    const two = readExpressions('a $[[ ${{inputs.lr}}');
    assert.deepEqual(two.unclosed, [{ start: 2, end: 5, bracket: '$[[' }]);
    assert.equal(
      fill(two.parts, () => '1'),
      'a $[[ 1',
    );
  });
});
