import { TrainyardError } from '../../src/base/errors.js';
import type { Run } from '../../src/workspace/types.js';

/** As much of the grammar of docs/filters.md as tests of what stands on a workspace use. */

const CONDITION =
  /^(?:(metrics|params|tags|attributes)\.)?`?([^`\s]+?)`?\s+(=|!=|<=?|>=?|(?:I?LIKE)|IN)\s+(.+)$/is;

/** Conditions that are joined by `and`, or words that the name has. @throws BAD_REQUEST */
export function matches(run: Run, filter: string): boolean {
  const text = filter.trim();
  if (text === '') return true;
  return text.split(/\s+and\s+/i).every((part) => {
    const condition = CONDITION.exec(part.trim().replace(/^\((.*)\)$/s, '$1'));
    if (condition) {
      const [, kind = 'attributes', key = '', operator = '', value = ''] = condition;
      return holds(valueOf(run, kind.toLowerCase(), key), operator.toUpperCase(), value);
    }
    if (/[<>=]/.test(part)) throw new TrainyardError('BAD_REQUEST', `“${part}” is no condition.`);
    return part.split(/\s+/).every((word) => run.name.toLowerCase().includes(word.toLowerCase()));
  });
}

function valueOf(run: Run, kind: string, key: string): string | number | undefined {
  switch (kind) {
    case 'metrics':
      return run.metrics[key]?.value;
    case 'params':
      return run.params[key];
    case 'tags':
      return run.tags[key];
  }
  const attributes: Record<string, string | number | undefined> = {
    run_id: run.id,
    run_name: run.name,
    name: run.name,
    state: run.state,
    start_time: run.startTime,
    end_time: run.endTime,
  };
  return attributes[key];
}

function holds(value: string | number | undefined, operator: string, text: string): boolean {
  if (operator === 'IN') return [...text.matchAll(/'([^']*)'/g)].some(([, each]) => each === value);
  const other = typeof value === 'number' ? Number(text) : text.replace(/^'(.*)'$/s, '$1');
  if (value === undefined) return false;
  switch (operator) {
    case '=':
      return value === other;
    case '!=':
      return value !== other;
    case '<':
      return value < other;
    case '<=':
      return value <= other;
    case '>':
      return value > other;
    case '>=':
      return value >= other;
  }
  const literal = String(other)
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${literal}$`, operator === 'ILIKE' ? 'is' : 's').test(String(value));
}

/** By MLflow's `order_by`; newest first without one. */
export function sorted(runs: readonly Run[], orderBy: readonly string[] = []): Run[] {
  const orders = orderBy.map((entry) => {
    const [, kind = 'attributes', key = '', direction = 'ASC'] =
      /^(?:(\w+)\.)?`?(.+?)`?(?:\s+(ASC|DESC))?$/i.exec(entry.trim()) ?? [];
    return { kind, key, sign: direction.toUpperCase() === 'DESC' ? -1 : 1 };
  });
  return [...runs].sort((a, b) => {
    for (const { kind, key, sign } of orders) {
      const [left, right] = [valueOf(a, kind, key), valueOf(b, kind, key)];
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
