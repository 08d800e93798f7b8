import {
  type Comparator,
  type Comparison,
  faulty,
  type Field,
  type Literal,
  parseQuery,
  type Query,
} from '../../base/filter/query.js';
import { numberOf, timeOf } from '../../base/filter/values.js';

/**
 * Our grammar of filters (docs/filters.md) in MLflow's, which has comparisons joined by AND and nothing else. What it
 * cannot say is refused, with the place: a filter never means something else than it says. Pure.
 */

/** @returns undefined for no filter. @throws BAD_REQUEST */
export function toMlflowFilter(filter: string | undefined): string | undefined {
  if (!filter?.trim()) return undefined;
  return conditions(parseQuery(filter)).join(' AND ');
}

const STATUSES: Record<string, string> = {
  queued: 'SCHEDULED',
  running: 'RUNNING',
  finished: 'FINISHED',
  failed: 'FAILED',
  cancelled: 'KILLED',
};
/** MLflow's names of states are understood, too. */
const STATUS_NAMES = new Map(
  Object.values(STATUSES).flatMap((status): [string, string][] => [[status.toLowerCase(), status]]),
);

type Kind = 'number' | 'time' | 'text' | 'state';
interface Attribute {
  name: string;
  kind: Kind;
}
const RUN_ID: Attribute = { name: 'attributes.run_id', kind: 'text' };
const RUN_NAME: Attribute = { name: 'attributes.run_name', kind: 'text' };
const STATE: Attribute = { name: 'attributes.status', kind: 'state' };
const USER: Attribute = { name: 'tags.`mlflow.user`', kind: 'text' };
const STARTED: Attribute = { name: 'attributes.start_time', kind: 'time' };
const ENDED: Attribute = { name: 'attributes.end_time', kind: 'time' };
const ATTRIBUTES: Record<string, Attribute> = {
  id: RUN_ID,
  run_id: RUN_ID,
  run_uuid: RUN_ID,
  name: RUN_NAME,
  run_name: RUN_NAME,
  'run name': RUN_NAME,
  state: STATE,
  status: STATE,
  user: USER,
  user_id: USER,
  start_time: STARTED,
  started: STARTED,
  created: STARTED,
  end_time: ENDED,
  ended: ENDED,
  script: { name: 'tags.`mlflow.source.name`', kind: 'text' },
  artifact_uri: { name: 'attributes.artifact_uri', kind: 'text' },
};

function conditions(query: Query): string[] {
  switch (query.kind) {
    case 'and': {
      const known = new Set(query.parts.flatMap((part) => presentField(part) ?? []));
      return query.parts.flatMap((part) =>
        part.kind === 'not' ? negated(part.part, known) : conditions(part),
      );
    }
    case 'or': {
      const states = statesOf(query);
      if (states) return stateIn(states);
      const [at] = placesOf(query);
      throw faulty('An MLflow server cannot search with OR', at ?? 0);
    }
    case 'not':
      return negated(query.part);
    case 'text':
      return [`${RUN_NAME.name} ILIKE ${quoted(contained(query.text), 0)}`];
    case 'comparison':
      return comparison(query);
  }
}

/** What `NOT … IS NULL` says is there. */
function presentField(query: Query): string | undefined {
  if (query.kind !== 'not' || query.part.kind !== 'comparison' || query.part.operator !== 'IS NULL')
    return undefined;
  return fieldName(query.part.field);
}

const fieldName = ({ entity = '', key }: Field) => `${entity}.${key}`;

/**
 * What is not there matches no condition of MLflow's, and every NOT of ours; so only what is there can be negated.
 * @param known fields that are said to be there, as in `x NOT IN (…)`
 */
function negated(query: Query, known: ReadonlySet<string> = new Set()): string[] {
  if (query.kind === 'not') return conditions(query.part);
  if (query.kind === 'or') return query.parts.flatMap((part) => negated(part, known));
  if (query.kind === 'comparison') {
    const states = statesOf(query);
    if (states) return stateIn(Object.values(STATUSES).filter((status) => !states.includes(status)));
    const { field, operator, values } = query;
    const place = placeOf(field);
    if (operator === 'IS NULL') return [present(place, field)];
    const opposite = OPPOSITES[operator];
    const isThere =
      place === RUN_ID || place === RUN_NAME || place === STARTED || known.has(fieldName(field));
    if (opposite && isThere) return [compare(place, opposite, values[0]!)];
    if (operator === 'IN' && isThere) return values.map((value) => compare(place, '!=', value));
  }
  const [at] = placesOf(query);
  throw faulty('An MLflow server cannot search with NOT', at ?? 0);
}

const OPPOSITES: Partial<Record<Comparator, Comparator>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

function comparison({ field, operator, values }: Comparison): string[] {
  const place = placeOf(field);
  const [first, second] = values as [Literal, Literal];
  if (place.kind === 'state') {
    const states = statesOf({ kind: 'comparison', field, operator, values });
    if (states) return stateIn(states);
    throw faulty(`An MLflow server compares states with = and IN only`, field.at);
  }
  switch (operator) {
    case 'IS NULL':
      if (field.entity === 'param' || field.entity === 'tag') return [`${place.name} IS NULL`];
      throw faulty('An MLflow server looks for what is missing among params and tags only', field.at);
    case 'BETWEEN':
      return [compare(place, '>=', first), compare(place, '<=', second)];
    case 'IN': {
      if (values.length === 1) return [compare(place, '=', first)];
      if (place !== RUN_ID && field.entity !== 'dataset')
        throw faulty('An MLflow server knows IN for ids, states and datasets only', field.at);
      return [`${place.name} IN (${values.map(({ text, at }) => quoted(text, at)).join(', ')})`];
    }
    case 'CONTAINS':
      return [compare(place, 'ILIKE', { ...first, text: contained(first.text) })];
    default:
      return [compare(place, operator, first)];
  }
}

function compare({ name, kind }: Attribute, operator: Comparator, literal: Literal): string {
  const { text, at, isQuoted } = literal;
  const isPattern = operator === 'LIKE' || operator === 'ILIKE';
  switch (kind) {
    case 'number': {
      if (isPattern) throw faulty(`${operator} is for texts`, at);
      const number = numberOf(text);
      if (number !== undefined) return `${name} ${operator} ${decimal(number)}`;
      if (/^nan$/i.test(text)) throw faulty('An MLflow server cannot search for nan', at);
      throw faulty(`Expected a number, not ${text}`, at);
    }
    case 'time':
      if (isPattern) throw faulty(`${operator} is for texts`, at);
      return `${name} ${operator} ${Math.round(timeOf(literal))}`;
    case 'text':
    case 'state':
      if (!isPattern && operator !== '=' && operator !== '!=')
        throw faulty(
          isQuoted || numberOf(text) === undefined
            ? `An MLflow server compares texts with =, != and LIKE only`
            : `An MLflow server keeps params and tags as texts and cannot tell which are ${operator} ${text}`,
          at,
        );
      return `${name} ${operator} ${quoted(text, at)}`;
  }
}

/** Whatever the value is. */
function present({ name, kind }: Attribute, field: Field): string {
  if (kind === 'text') return `${name} LIKE '%'`;
  if (kind === 'number' || kind === 'time') return `${name} >= -${decimal(Number.MAX_VALUE)}`;
  throw faulty('Every run has a state', field.at);
}

function placeOf({ entity, key, at }: Field): Attribute {
  switch (entity) {
    case 'metric':
      return { name: `metrics.${named(key, at)}`, kind: 'number' };
    case 'param':
    case 'tag':
      return { name: `${entity}s.${named(key, at)}`, kind: 'text' };
    case 'dataset':
      if (/^(name|digest|context)$/.test(key)) return { name: `datasets.${key}`, kind: 'text' };
      throw faulty(`There is no ${key} of a dataset: there is name, digest, context`, at);
  }
  const name = key.toLowerCase();
  const attribute = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
  if (attribute) return attribute;
  if (name === 'duration' || name === 'experiment')
    throw faulty(`An MLflow server cannot search by ${name}`, at);
  if (entity === 'attribute')
    throw faulty(
      `There is no attribute ${key}: there is id, name, state, user, start_time, end_time, script, artifact_uri`,
      at,
    );
  throw faulty(`Write metrics.${key}, params.${key} or tags.${key} for an MLflow server`, at);
}

/** The statuses that a condition on the state leaves; undefined when it is about something else. */
function statesOf(query: Query): string[] | undefined {
  if (query.kind === 'or') {
    const parts = query.parts.map(statesOf);
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  if (query.kind !== 'comparison') return undefined;
  const { field, operator, values } = query;
  if ((field.entity ?? 'attribute') !== 'attribute' || !/^(state|status)$/i.test(field.key)) return undefined;
  if (operator !== '=' && operator !== 'IN' && operator !== '!=') return undefined;
  const named = values.map(statusOf);
  return operator === '!=' ? Object.values(STATUSES).filter((status) => !named.includes(status)) : named;
}

function statusOf({ text, at }: Literal): string {
  const state = text.toLowerCase();
  const status = (Object.hasOwn(STATUSES, state) ? STATUSES[state] : undefined) ?? STATUS_NAMES.get(state);
  if (status !== undefined) return status;
  throw faulty(`There is no state ${text}: there is ${Object.keys(STATUSES).join(', ')}`, at);
}

/** One of several is what is none of the others. */
function stateIn(statuses: readonly string[]): string[] {
  const [only] = statuses;
  if (new Set(statuses).size === 1) return [`${STATE.name} = '${only}'`];
  const others = Object.values(STATUSES).filter((status) => !statuses.includes(status));
  return others.map((status) => `${STATE.name} != '${status}'`);
}

function placesOf(query: Query): number[] {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.parts.flatMap(placesOf);
    case 'not':
      return placesOf(query.part);
    case 'text':
      return [];
    case 'comparison':
      return [query.field.at];
  }
}

/** A `%` of the text stands for any character, as that of a pattern cannot be escaped. */
const contained = (text: string) => `%${text.replaceAll('%', '_')}%`;

function named(key: string, at: number): string {
  if (!key.includes('`')) return `\`${key}\``;
  if (!key.includes('"')) return `"${key}"`;
  throw faulty('An MLflow server cannot search for a name with both ` and "', at);
}

/** @throws BAD_REQUEST for a text with both quotes: MLflow's grammar has no way to write it */
export function quoted(text: string, at = 0): string {
  if (!text.includes("'")) return `'${text}'`;
  if (!text.includes('"')) return `"${text}"`;
  throw faulty(`An MLflow server cannot search for a text with both ' and "`, at);
}

/** Its database keeps an infinity as the greatest double. */
function decimal(number: number): string {
  if (Number.isFinite(number)) return String(number);
  return number > 0 ? String(Number.MAX_VALUE) : `-${Number.MAX_VALUE}`;
}
