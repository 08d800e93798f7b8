import type { FakeImage, FakeRun, FakeSeries } from './fake-host.js';

export const START = Date.UTC(2026, 10, 20, 9, 30);

/** Same numbers each time. */
export function random(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export function fakeRun(number: number, metrics: string[], more: Partial<FakeRun> = {}): FakeRun {
  return {
    id: `local/run-${number}`,
    workspace: 'local',
    number,
    name: `digits-${number}`,
    state: 'finished',
    startTime: START + number * 60_000,
    metrics,
    isJob: true,
    ...more,
  };
}

/** One point each second. */
export function fakeSeries(number: number, count: number, valueAt: (i: number) => number): FakeSeries {
  const steps = Array.from({ length: count }, (_, i) => i);
  return {
    steps,
    times: steps.map((i) => START + number * 60_000 + i * 1000),
    values: steps.map(valueAt),
  };
}

/** A loss as one sees it: falling, noisy, never below zero. */
export function lossAt(seed: number, count: number): (i: number) => number {
  const next = random(seed * 7919 + 13);
  const floor = 0.05 + next() * 0.3;
  const speed = 3 + next() * 8;
  const noise = 0.02 + next() * 0.08;
  return (i) => Math.max(0.01, floor + 2.1 * Math.exp((-speed * i) / count) + (next() - 0.5) * noise * 2);
}

export function accuracyAt(seed: number, count: number): (i: number) => number {
  const next = random(seed * 104_729 + 7);
  const top = 0.86 + next() * 0.12;
  const speed = 3 + next() * 8;
  return (i) => Math.min(1, top - 0.75 * Math.exp((-speed * i) / count) + (next() - 0.5) * 0.02);
}

/** An image of the key at each of the steps. */
export function fakeImages(key: string, steps: readonly number[]): FakeImage[] {
  return steps.map((step) => {
    const path = `images/${key}%step%${step}%timestamp%1%id.png`;
    return { key, step, path, small: path.replace('.png', '%small.png') };
  });
}
