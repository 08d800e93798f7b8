import { compareValues, numberOf } from '../../src/base/order.js';
import type { ComparedRun } from '../../src/panels/compare-messages.js';
import { metricRows, textRows } from './rows.js';

/** Something that has another value in another run: a param that differs, or the last value of a metric. */
export interface Variable {
  /** `param:lr`, `metric:val_loss` */
  id: string;
  label: string;
  kind: 'param' | 'metric';
  /** One for each run: a number, or an index into `words`. NaN where a run has none, or no finite one. */
  values: Float64Array;
  /** The values of a param that is no number, in their order. */
  words?: readonly string[];
}

/** What differs among runs: params by name, then metrics, those of the machine last. */
export function variablesOf(runs: readonly ComparedRun[]): Variable[] {
  const params = textRows(runs, (run) => run.params)
    .filter(({ differs }) => differs)
    .map(({ name, values }): Variable => ({
      id: `param:${name}`,
      label: name,
      kind: 'param',
      ...columnOf(values),
    }));
  const metrics = metricRows(runs)
    .filter(({ differs }) => differs)
    .map(({ name, values }): Variable => ({
      id: `metric:${name}`,
      label: name,
      kind: 'metric',
      values: Float64Array.from(values, (value) => (Number.isFinite(value) ? value! : NaN)),
    }));
  return [...params, ...metrics].filter(({ values }) => values.some((value) => !Number.isNaN(value)));
}

/** Numbers when all that are given are; else words. */
function columnOf(texts: readonly (string | undefined)[]): Pick<Variable, 'values' | 'words'> {
  const given = texts.filter((text) => text !== undefined);
  if (given.every((text) => Number.isFinite(numberOf(text))))
    return { values: Float64Array.from(texts, (text) => (text === undefined ? NaN : numberOf(text))) };
  const words = [...new Set(given)].sort(compareValues);
  const places = new Map(words.map((word, i) => [word, i]));
  return {
    words,
    values: Float64Array.from(texts, (text) => (text === undefined ? NaN : places.get(text)!)),
  };
}
