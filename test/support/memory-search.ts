import {
  type Comparison,
  faulty,
  type Literal,
  parseQuery,
  type Query,
} from '../../src/base/filter/query.js';
import { ENTITIES } from '../../src/base/filter/entities.js';
import { numberOf, timeOf } from '../../src/base/filter/values.js';
import type { Run } from '../../src/workspace/types.js';

/** The grammar of docs/filters.md on a list of runs, without what only the local store knows (durations, changes of code). */

type Value = string | number | undefined;

/** @throws BAD_REQUEST that says where the filter is wrong */
export function matches(run: Run, filter: string): boolean {
  return filter.trim() === '' || holds(run, parseQuery(filter));
}

function holds(run: Run, query: Query): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => holds(run, part));
    case 'or':
      return query.parts.some((part) => holds(run, part));
    case 'not':
      return !holds(run, query.part);
    case 'text':
      return run.name.toLowerCase().includes(query.text.toLowerCase());
    case 'comparison':
      return compares(run, query);
  }
}

function compares(run: Run, { field, operator, values }: Comparison): boolean {
  const entity = field.entity ?? entityOf(run, field.key);
  const value = valueOf(run, entity, field.key);
  const isNumber = entity === 'metric' || TIMES.has(field.key);
  const others = values.map((literal) => (isNumber ? numberIn(literal, field.key) : literal.text));
  if (operator === 'IS NULL') return value === undefined;
  if (value === undefined) return false;
  const [first = '', second = ''] = others;
  switch (operator) {
    case '=':
      return value === first;
    case '!=':
      return value !== first;
    case '<':
      return value < first;
    case '<=':
      return value <= first;
    case '>':
      return value > first;
    case '>=':
      return value >= first;
    case 'BETWEEN':
      return value >= first && value <= second;
    case 'IN':
      return others.includes(value);
    case 'CONTAINS':
      return String(value).toLowerCase().includes(String(first).toLowerCase());
    case 'LIKE':
    case 'ILIKE':
      return patternOf(String(first), operator === 'ILIKE' ? 'is' : 's').test(String(value));
  }
}

const TIMES = new Set(['start_time', 'end_time']);

function numberIn(literal: Literal, key: string): number {
  if (TIMES.has(key)) return timeOf(literal);
  const number = numberOf(literal.text);
  if (number === undefined) throw faulty(`Expected a number, not ${literal.text}`, literal.at);
  return number;
}

function patternOf(text: string, flags: string): RegExp {
  const literal = text
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${literal}$`, flags);
}

/** Of a key without its entity: whichever has that name. */
function entityOf(run: Run, key: string): string {
  if (key in attributesOf(run)) return 'attribute';
  return key in run.metrics ? 'metric' : key in run.params ? 'param' : 'tag';
}

function attributesOf(run: Run): Record<string, Value> {
  return {
    run_id: run.id,
    run_name: run.name,
    name: run.name,
    state: run.state,
    user: run.user,
    script: run.code?.script,
    start_time: run.startTime,
    end_time: run.endTime,
  };
}

function valueOf(run: Run, entity: string, key: string): Value {
  switch (entity) {
    case 'metric':
      return run.metrics[key]?.value;
    case 'param':
      return run.params[key];
    case 'tag':
      return run.tags[key];
    default:
      return attributesOf(run)[key];
  }
}

/** By MLflow's `order_by`; newest first without one. */
export function sorted(runs: readonly Run[], orderBy: readonly string[] = []): Run[] {
  const orders = orderBy.map((entry) => {
    const [, kind = 'attributes', key = '', direction = 'ASC'] =
      /^(?:(\w+)\.)?`?(.+?)`?(?:\s+(ASC|DESC))?$/i.exec(entry.trim()) ?? [];
    return { entity: ENTITIES[kind] ?? 'attribute', key, sign: direction.toUpperCase() === 'DESC' ? -1 : 1 };
  });
  return [...runs].sort((a, b) => {
    for (const { entity, key, sign } of orders) {
      const [left, right] = [valueOf(a, entity, key), valueOf(b, entity, key)];
      // Those without a value come last either way.
      if (left === undefined || right === undefined) {
        if (left === right) continue;
        return left === undefined ? 1 : -1;
      }
      if (left !== right) return left < right ? -sign : sign;
    }
    return b.startTime - a.startTime || b.number - a.number;
  });
}
