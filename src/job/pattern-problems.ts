import { below, type Problem } from './problems.js';
import { type MetricPattern, MOST_PATTERNS } from './spec.js';

/** What is wrong with patterns for metrics; empty when nothing is. */
export function problemsOfPatterns(patterns: readonly MetricPattern[], at = 'metrics'): Problem[] {
  const many = `A job has at most ${MOST_PATTERNS} patterns for metrics.`;
  return [
    ...(patterns.length > MOST_PATTERNS ? [{ path: at, text: many }] : []),
    ...patterns.flatMap(({ name, regex }, i) => {
      const entry = below(at, String(i));
      const problem = problemOfPattern(regex);
      return [
        ...(name.trim()
          ? []
          : [{ path: below(entry, 'name'), text: 'A pattern for a metric needs the name of the metric.' }]),
        ...(problem === undefined
          ? []
          : [{ path: below(entry, 'regex'), text: `The pattern of the metric ${name} ${problem}.` }]),
      ];
    }),
  ];
}

function problemOfPattern(regex: string): string | undefined {
  try {
    new RegExp(regex);
    // With an empty alternative it matches the empty text, and the match has one entry per group.
    const groups = new RegExp(`${regex}|`).exec('')?.length ?? 0;
    return groups < 2 ? 'has no group (…) for the value' : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return `is not a regular expression: ${error.message}`;
    throw error;
  }
}
