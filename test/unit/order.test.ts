import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareNames, compareValues, numberOf, orderOfValues } from '../../src/base/order.js';
import { groupEntries } from '../../webview/charts/entries.js';
import { variablesOf } from '../../webview/compare/variables.js';
import { complete } from '../../webview/table/complete.js';

/** In order, though in as many ways as people write numbers. */
const RATES = ['-inf', '-1e3', '-.5', '0', '1e-4', '0.001', '1E-2', '.1', '+0.5', '1', '1_000', '1e4', 'inf'];
const WORDS = ['adam', 'layer2', 'layer10', 'nan', 'sgd'];

const shuffled = <T>(values: readonly T[]) => fc.shuffledSubarray([...values], { minLength: values.length });

describe('the order of values', () => {
  it('is that of numbers in any notation, then of texts, then what is missing', () => {
    const all = [...RATES, ...WORDS, undefined];
    fc.assert(
      fc.property(shuffled(all), (values) =>
        assert.deepEqual(values.sort(compareValues), [...RATES, ...WORDS, undefined]),
      ),
    );
  });

  it('is one: of any three texts', () => {
    const text = fc.oneof(fc.constantFrom(...RATES, ...WORDS, '', ' 1', '1.0', '01', '0x1F'), fc.string());
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        assert.equal(Math.sign(compareValues(a, b)), -Math.sign(compareValues(b, a)) + 0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) assert.ok(compareValues(a, c) <= 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('knows a number from a name', () => {
    for (const text of ['', ' ', 'nan', 'None', '1_', '1__0', '1e', 'e5', '1,5', '2024-01-01', '1.2.3', '-'])
      assert.ok(Number.isNaN(numberOf(text)), text);
    assert.equal(numberOf(' 1_000.5 '), 1000.5);
  });

  it('of names is natural, and the same for those that read the same', () => {
    assert.deepEqual(['1', 'b10', '01', 'b9'].sort(compareNames), ['01', '1', 'b9', 'b10']);
  });
});

describe('the order of params is the same', () => {
  const values = ['auto', '0.1', '1e-4', '0.001', '0.01', '1E-5'];
  const ordered = ['1E-5', '1e-4', '0.001', '0.01', '0.1', 'auto'];

  it('in the table', () => {
    assert.deepEqual(
      orderOfValues(values).map((i) => values[i]),
      ordered,
    );
  });

  it('on the axes of a comparison', () => {
    const run = (lr: string, i: number) => ({ id: String(i), metrics: [], values: [], params: { lr } });
    const [lr] = variablesOf(values.map(run) as never);
    assert.deepEqual(lr?.words, ordered);
    assert.deepEqual(
      [...lr!.values],
      values.map((value) => ordered.indexOf(value)),
    );
  });

  it('in the legend of groups, whatever the name of the param', () => {
    const runs = values.map(
      (_, number) =>
        ({
          id: String(number),
          workspace: 'local',
          number,
          name: '',
          state: 'finished',
          startTime: 0,
          metrics: [] as string[],
        }) as const,
    );
    for (const id of ['param:lr', 'param:a = b']) {
      const groups = groupEntries(
        [...runs, { ...runs[0]!, id: 'x', number: 9 }],
        { id, values, codes: [1, 2, 3, 4, 5, 6, 0] },
        null,
      );
      const name = id.slice('param:'.length);
      assert.deepEqual(
        groups.map((group) => group.name),
        [...ordered.map((value) => `${name} = ${value}`), `${name}: not set`],
      );
    }
  });

  it('in what the filter offers', () => {
    const known = { metrics: [], params: ['lr'], tags: [], valuesOf: () => values };
    assert.deepEqual(
      complete('params.lr = ', known).options,
      ordered.map((value) => `'${value}'`),
    );
  });
});
