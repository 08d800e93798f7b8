import type { ChartsSettings, SmoothingKind } from '../../src/panels/messages.js';
import { gaussian, reachOf, runningAverage } from './smooth-window.js';

/** How curves are smoothed. */
export interface Smoothing {
  kind: SmoothingKind;
  /** Exponential: weight, 0 to below 1. Average: width of the window in points. Gaussian: σ in points. */
  amount: number;
}

export function smoothingOf({
  smoothing,
  smoothingKind,
}: Pick<ChartsSettings, 'smoothing' | 'smoothingKind'>): Smoothing {
  return { kind: smoothingKind, amount: smoothing };
}

/** Whether it changes anything. */
export function isSmoothing({ kind, amount }: Smoothing): boolean {
  return amount > (kind === 'average' ? 1 : 0);
}

/** The values of the slider, by kind; the lowest turns smoothing off. */
export const AMOUNTS: Record<SmoothingKind, { min: number; max: number; step: number }> = {
  exponential: { min: 0, max: 0.99, step: 0.01 },
  average: { min: 1, max: 199, step: 1 },
  gaussian: { min: 0, max: 56, step: 0.5 },
};

/**
 * The amount of another kind that leaves as much of the noise of single points: an average over n points leaves 1/n of
 * its variance, an exponential one of weight w (1 − w) / (1 + w), a Gaussian 1 / (2 σ √π).
 */
export function asKind({ kind, amount }: Smoothing, other: SmoothingKind): Smoothing {
  if (kind === other || !isSmoothing({ kind, amount })) return { kind: other, amount: AMOUNTS[other].min };
  const points =
    kind === 'average'
      ? amount
      : kind === 'exponential'
        ? (1 + amount) / (1 - amount)
        : amount * 2 * Math.sqrt(Math.PI);
  const same =
    other === 'average'
      ? points
      : other === 'exponential'
        ? (points - 1) / (points + 1)
        : points / (2 * Math.sqrt(Math.PI));
  const { min, max, step } = AMOUNTS[other];
  const rounded = Number((Math.round(same / step) * step).toFixed(2));
  return { kind: other, amount: Math.min(max, Math.max(min, rounded)) };
}

/** Smooths a growing series incrementally. */
export interface Smoother {
  readonly smoothing: Smoothing;
  /**
   * Takes in what `values` has beyond the points of the call before. Values that are not finite pass through, and no
   * other value is made of them.
   * @returns smoothed values of at least `length` places, valid up to `length`
   */
  extend(values: Float64Array, length: number): Float64Array;
}

export function smootherOf(smoothing: Smoothing): Smoother {
  return smoothing.kind === 'exponential'
    ? new ExponentialSmoother(smoothing)
    : new WindowSmoother(smoothing);
}

/**
 * TensorBoard's smoothing: an exponential moving average, divided by the weight that its terms have so far so that it
 * does not start at zero ("de-biased"). Values that are not finite leave the average as it was.
 * Source: tensorboard/components/vz_line_chart2/line-chart.ts (resmoothDataset); MLflow's and W&B's EMA are the same.
 */
class ExponentialSmoother implements Smoother {
  readonly smoothing: Smoothing;
  #out = new Float64Array(0);
  #length = 0;
  #last = 0;
  /** weight ^ (finite points so far) */
  #remaining = 1;

  constructor(smoothing: Smoothing) {
    this.smoothing = smoothing;
  }

  extend(values: Float64Array, length: number): Float64Array {
    this.#out = withRoom(this.#out, this.#length, length);
    const weight = this.smoothing.amount;
    for (let i = this.#length; i < length; i++) {
      const value = values[i]!;
      if (Number.isFinite(value)) {
        this.#last = this.#last * weight + (1 - weight) * value;
        this.#remaining *= weight;
        this.#out[i] = this.#last / (1 - this.#remaining);
      } else {
        this.#out[i] = value;
      }
    }
    this.#length = Math.max(length, this.#length);
    return this.#out;
  }
}

/** Averages around each point. New points change those before them as far as the window reaches. */
class WindowSmoother implements Smoother {
  readonly smoothing: Smoothing;
  #out = new Float64Array(0);
  #length = 0;

  constructor(smoothing: Smoothing) {
    this.smoothing = smoothing;
  }

  extend(values: Float64Array, length: number): Float64Array {
    if (length === this.#length) return this.#out;
    this.#out = withRoom(this.#out, this.#length, length);
    const { kind, amount } = this.smoothing;
    const from = Math.max(0, this.#length - reachOf(this.smoothing));
    if (kind === 'average') runningAverage(values, from, length, Math.round(amount), this.#out);
    else gaussian(values, from, length, amount, this.#out);
    this.#length = length;
    return this.#out;
  }
}

function withRoom(
  column: Float64Array<ArrayBuffer>,
  filled: number,
  length: number,
): Float64Array<ArrayBuffer> {
  if (length <= column.length) return column;
  const bigger = new Float64Array(Math.max(length, column.length * 2));
  bigger.set(column.subarray(0, filled));
  return bigger;
}
