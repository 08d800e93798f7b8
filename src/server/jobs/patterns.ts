import { setImmediate } from 'node:timers/promises';
import vm from 'node:vm';
import { hasCode } from '../../base/errors.js';
import type { MetricPattern } from '../../job/spec.js';

/** A value that a pattern found in a line. */
export interface Match {
  name: string;
  value: number;
  /** Of the group `step`, when the pattern has one and it is a whole number. */
  step?: number;
}

/** Milliseconds for one pattern on the lines of one look: some patterns take for ever on some lines. */
const PATIENCE = 200;
/** A machine that trains may be too busy for a pattern that is fine. */
const TRIES = 2;
const SCRIPT = new vm.Script(
  'const found = new RegExp(source); lines.map((line) => { const m = found.exec(line); return m && [m[1], m.groups?.value, m.groups?.step]; })',
);

type Groups = [first: string | undefined, value: string | undefined, step: string | undefined] | null;

/**
 * What the patterns find in the lines, in their order. The value is the group `value`, else the first group.
 * @returns `slow`: patterns that took too long, which had better not be tried again
 */
export async function matchAll(
  patterns: readonly MetricPattern[],
  lines: readonly string[],
): Promise<{ matches: Match[]; slow: MetricPattern[] }> {
  const matches: Match[] = [];
  const slow: MetricPattern[] = [];
  for (const pattern of patterns) {
    const found = await find(pattern, lines);
    if (!found) slow.push(pattern);
    for (const groups of found ?? []) {
      const [first, named, step] = groups ?? [];
      const value = toNumber(named ?? first);
      if (value === undefined) continue;
      const at = toNumber(step);
      matches.push({ name: pattern.name, value, ...(Number.isSafeInteger(at) && { step: at }) });
    }
  }
  return { matches, slow };
}

/** undefined: it took too long, each time; others have their turn in between. */
async function find({ regex }: MetricPattern, lines: readonly string[]): Promise<Groups[] | undefined> {
  for (let left = TRIES; left > 0; left--) {
    try {
      // A pattern is a person's own; a time limit on it is to be had only this way.
      return SCRIPT.runInNewContext({ source: regex, lines }, { timeout: PATIENCE }) as Groups[];
    } catch (error) {
      if (!hasCode(error, 'ERR_SCRIPT_EXECUTION_TIMEOUT')) throw error;
    }
    await setImmediate();
  }
  return undefined;
}

const WORDS: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity };
const NUMERAL = /^[+-]?(?:\d[\d,_]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** As programs print numbers: 1e-3, 1,024, nan, -inf; C prints -nan. */
function toNumber(text: string | undefined): number | undefined {
  const numeral = text?.trim().toLowerCase() ?? '';
  const word = numeral.replace('infinity', 'inf').replace(/^\+|^-(?=nan)/, '');
  if (Object.hasOwn(WORDS, word)) return WORDS[word];
  return NUMERAL.test(numeral) ? Number(numeral.replaceAll(/[,_]/g, '')) : undefined;
}
