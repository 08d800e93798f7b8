// Measuring two servers in turns, and tables of it. Times are milliseconds unless said otherwise.

export const REPEATS = 5;
/** `TRAINYARD_BENCH_SCALE=full` takes the sizes of the goals; without it a bench ends within minutes. */
export const FULL = process.env.TRAINYARD_BENCH_SCALE === 'full';
/** Cases to be measured, by a part of their names: a peer may take a minute for each. */
export const ONLY = new RegExp(process.env.TRAINYARD_BENCH_CASES ?? '');

export async function time(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The median time of `calls` calls, one after another. */
export async function medianTime(call, calls = 200) {
  const times = [];
  for (let i = 0; i < calls; i++) times.push(await time(() => call(i)));
  return quantile(times, 0.5);
}

export function quantile(numbers, q) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

const digits = (n) => {
  if (n === 0) return '0';
  if (n >= 999.5) return Math.round(n).toLocaleString('en');
  return n.toPrecision(n >= 99.5 ? 3 : 2);
};
/** min–median–max */
export const spread = (numbers) => [0, 0.5, 1].map((q) => digits(quantile(numbers, q))).join('–');

/**
 * Each case in turns, ours then theirs, and the ratio of each pair; so both meet the same load of the machine.
 * @param {{ name: string, unit?: 'ms' | 'points/s' | 'MB/s', goal?: number, prepare?: () => Promise<void>,
 *   ours: () => Promise<number>, theirs: () => Promise<number> }[]} cases  `goal` is the ratio that the median should
 *   reach; `prepare` runs before the first pair
 */
export async function compare(cases) {
  const head = ['', 'unit', 'Trainyard', 'mlflow server', 'ratio', 'goal'];
  const widths = [Math.max(...cases.map(({ name }) => name.length)), 8, 24, 24, 18, 14];
  console.log(`${lineOf(head, widths)}\n${ruleOf(widths)}`);
  for (const { name, unit = 'ms', goal, prepare, ours, theirs } of cases) {
    await prepare?.();
    const results = { ours: [], theirs: [] };
    for (let i = 0; i < REPEATS; i++) {
      results.ours.push(await ours());
      results.theirs.push(await theirs());
    }
    const ratios = results.ours.map((own, i) =>
      unit === 'ms' ? results.theirs[i] / own : own / results.theirs[i],
    );
    const met = goal === undefined ? '' : `≥ ${goal} × ${quantile(ratios, 0.5) >= goal ? 'met' : 'NOT met'}`;
    const row = [name, unit, spread(results.ours), spread(results.theirs), `${spread(ratios)} ×`, met];
    // As soon as it is known: a case may take a minute.
    console.log(lineOf(row, widths));
  }
}

/** @param {string[]} head */
export function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, c) => Math.max(...cells.map((row) => row[c].length)));
  const [first, ...others] = cells.map((row) => lineOf(row, widths));
  console.log([first, ruleOf(widths), ...others].join('\n'));
}

const lineOf = (row, widths) => `| ${row.map((cell, c) => cell.padEnd(widths[c])).join(' | ')} |`;
const ruleOf = (widths) => `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;

/** The same numbers in each run of a bench. */
export function randomNumbers(seed = 1) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
