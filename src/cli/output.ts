import process from 'node:process';
import { messageOf, TrainyardError } from '../base/errors.js';
import { formatDuration } from '../base/format.js';
import type { MetricSummary, Run } from '../workspace/types.js';

/** Wrong usage; commander's own errors use it, too. */
export const EXIT_USAGE = 2;
export const EXIT_UNREACHABLE = 3;

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** NaN and the infinities as strings: JSON has no numbers for them. */
export function printJson(value: unknown): void {
  const spell = (_: string, v: unknown) => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v);
  print(JSON.stringify(value, spell, 2));
}

/** Aligned columns; the first row is the header. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `1 run`, `2 runs` */
export const count = (n: number, one: string) => `${n} ${n === 1 ? one : `${one}s`}`;

/** Quoted so that a POSIX shell reads it as one word. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Reports an error on stderr. @returns the exit code */
export function report(error: unknown, json: boolean): number {
  const known = TrainyardError.is(error)
    ? error
    : new TrainyardError('INTERNAL', messageOf(error), { cause: error });
  process.stderr.write(
    json
      ? `${JSON.stringify({ error: known.toData() })}\n`
      : `trainyard: ${known.message}${known.hint ? `\n${known.hint}` : ''}\n`,
  );
  if (known.code === 'SERVER_UNREACHABLE' || known.code === 'SERVER_INCOMPATIBLE') return EXIT_UNREACHABLE;
  return known.code === 'BAD_REQUEST' || known.code === 'NO_INTERPRETER' ? EXIT_USAGE : 1;
}

/** How long a run took, or has been running in whole seconds. */
export function runTime(run: Run, now = Date.now()): string {
  if (run.endTime !== undefined) return formatDuration(run.endTime - run.startTime);
  return formatDuration(Math.max(0, Math.floor((now - run.startTime) / 1000) * 1000));
}

/** The metrics of the script, with their newest values; without those of the machine. */
export function mainMetrics(run: Run): [string, MetricSummary][] {
  return Object.entries(run.metrics)
    .filter(([key]) => !key.startsWith('system/'))
    .sort(([a], [b]) => a.localeCompare(b));
}
