/** One metric of one run. */
export interface Series {
  runId: string;
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
}

/**
 * The steps that represent several series in at most about `count` points: evenly spread over all their distinct
 * steps within [start, end], the last one, and each series' own first and last.
 */
export function sampleSteps(all: readonly Series[], start: number, end: number, count: number): Set<number> {
  const inRange = (step: number) => step >= start && step <= end;
  const distinct = Float64Array.from(new Set(all.flatMap(({ steps }) => [...steps.filter(inRange)]))).sort();
  const sampled = new Set<number>();
  if (distinct.length <= count) return new Set(distinct);
  for (let i = 0; i < count; i++) sampled.add(distinct[Math.floor((i * distinct.length) / count)] as number);
  sampled.add(distinct.at(-1) as number);
  for (const { steps } of all) {
    const own = steps.filter(inRange).sort();
    if (own.length === 0) continue;
    sampled.add(own[0] as number).add(own.at(-1) as number);
  }
  return sampled;
}
