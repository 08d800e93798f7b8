import type { ComparedRun, RelationsState } from '../../src/panels/compare-messages.js';
import type { Goals } from '../../src/panels/table-messages.js';
import { type Goal, goalOf } from '../shared/goal.js';
import { formatValue } from '../shared/format.js';
import { whiskers } from '../shared/whiskers.js';
import { associationOf } from './association.js';
import { type Axis, axisOf, type Brush, brushed, placeOf, valueAt } from './axis.js';
import { telling } from './sentence.js';
import type { Variable } from './variables.js';

/** The content of the view of many runs, derived from the runs and the person's choices. */
export interface RelationsView {
  runs: readonly ComparedRun[];
  variables: readonly Variable[];
  /** The metric that colours the runs and that params are measured by. */
  target: Axis;
  goal: Goal;
  axes: readonly Axis[];
  x: Axis;
  y: Axis;
  brushes: ReadonlyMap<string, Brush>;
  /** By run: 1 when it lies within all brushes. */
  isIn: Uint8Array;
  /** By run: place in the colour scale, the better the higher; NaN without a value. */
  shades: Float64Array;
  /** The metric at the ends of the colour scale. Values far from all others have the colour of the end next to them. */
  shadeEnds: [low: string, high: string];
  /** Places of runs, the best last: what is drawn last lies on top. */
  order: Uint32Array;
}

/** The most axes shown by default. */
const AXES = 8;

/** Undefined when nothing can be related: no metric differs. */
export function relationsView(
  runs: readonly ComparedRun[],
  variables: readonly Variable[],
  chosen: RelationsState,
  brushes: ReadonlyMap<string, Brush>,
  said?: Goals,
): RelationsView | undefined {
  const byId = new Map(variables.map((variable) => [variable.id, variable]));
  const find = (id: string | undefined) => (id === undefined ? undefined : byId.get(id));
  const metrics = variables.filter(({ kind }) => kind === 'metric');
  const [judge] = telling(runs, said);
  const target = find(chosen.target) ?? find(judge && `metric:${judge.name}`) ?? metrics[0];
  if (!target) return undefined;
  const axis = (variable: Variable) =>
    axisOf(variable, chosen.linear?.includes(variable.id) ? false : undefined);
  const params = strongest(variables, target);
  const given = chosen.axes?.flatMap((id) => find(id) ?? []);
  const axes = (given && given.length > 0 ? given : [...params.slice(0, AXES), target]).map(axis);
  const known = axis(target);
  const goal = goalOf(target.label, said);
  const places = target.values.map((value) => placeOf(known, value));
  const ends = whiskers(places.filter(Number.isFinite)) ?? { min: 0, max: 1 };
  const shades = places.map((place) => {
    const part = (Math.min(ends.max, Math.max(ends.min, place)) - ends.min) / (ends.max - ends.min || 1);
    return goal === 'lower' ? 1 - part : part;
  });
  const rank = (i: number) => {
    const place = places[i]!;
    return Number.isNaN(place) ? -1 : goal === 'lower' ? 1 - place : place;
  };
  const x = find(chosen.x) ?? params[0] ?? metrics.find((metric) => metric !== target) ?? target;
  return {
    runs,
    variables,
    target: known,
    goal,
    axes,
    x: axis(x),
    y: axis(find(chosen.y) ?? target),
    brushes,
    isIn: brushed(runs.length, axes, brushes),
    shades,
    shadeEnds: [
      (ends.min > 0 ? '≤ ' : '') + formatValue(valueAt(known, ends.min)),
      (ends.max < 1 ? '≥ ' : '') + formatValue(valueAt(known, ends.max)),
    ],
    order: Uint32Array.from(runs.keys()).sort((a, b) => rank(a) - rank(b)),
  };
}

/** Params, the one that goes with the metric most first. */
function strongest(variables: readonly Variable[], target: Variable): Variable[] {
  const strength = (variable: Variable) => Math.abs(associationOf(variable, target).value) || 0;
  return variables
    .filter(({ kind }) => kind === 'param')
    .map((variable) => ({ variable, by: strength(variable) }))
    .sort((a, b) => b.by - a.by)
    .map(({ variable }) => variable);
}
