import vm from 'node:vm';
import { hasCode } from '../../base/errors.js';
import type { MetricPattern } from '../../job/spec.js';

/** A value that a pattern found in a line. */
export interface Match {
  name: string;
  value: number;
  /** Of the group `step`, when the pattern has one. */
  step?: number;
}

/** Milliseconds for one pattern on the lines of one look: some patterns take for ever on some lines. */
const PATIENCE = 200;
const SCRIPT = new vm.Script(
  'const found = new RegExp(source); lines.map((line) => { const m = found.exec(line); return m && [m[1], m.groups?.value, m.groups?.step]; })',
);

type Groups = [first: string | undefined, value: string | undefined, step: string | undefined] | null;

/**
 * What the patterns find in the lines, in their order. The value is the group `value`, else the first group.
 * @returns `slow`: patterns that took too long, which had better not be tried again
 */
export function matchAll(
  patterns: readonly MetricPattern[],
  lines: readonly string[],
): { matches: Match[]; slow: MetricPattern[] } {
  const matches: Match[] = [];
  const slow: MetricPattern[] = [];
  for (const pattern of patterns) {
    let found: Groups[];
    try {
      // A pattern is a person's own; a time limit on it is to be had only this way.
      found = SCRIPT.runInNewContext({ source: pattern.regex, lines }, { timeout: PATIENCE }) as Groups[];
    } catch (error) {
      if (!hasCode(error, 'ERR_SCRIPT_EXECUTION_TIMEOUT')) throw error;
      slow.push(pattern);
      continue;
    }
    for (const groups of found) {
      const [first, named, step] = groups ?? [];
      const value = toNumber(named ?? first);
      if (value === undefined) continue;
      const at = toNumber(step);
      matches.push({ name: pattern.name, value, ...(at !== undefined && { step: at }) });
    }
  }
  return { matches, slow };
}

const WORDS: Record<string, number> = { nan: NaN, inf: Infinity, '+inf': Infinity, '-inf': -Infinity };

/** As programs print numbers: 1e-3, 1,024, nan, -inf. */
function toNumber(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const word = WORDS[text.trim().toLowerCase().replace('infinity', 'inf')];
  if (word !== undefined) return word;
  const number = Number(text.replaceAll(',', '').replaceAll('_', ''));
  return Number.isNaN(number) ? undefined : number;
}
