/**
 * TensorBoard's smoothing: an exponential moving average, divided by the weight that its terms have so far so that it
 * does not start at zero ("de-biased"). Values that are not finite pass through and leave the average as it was.
 * Can be continued, so that a live series is not smoothed from its start for each new point.
 * Source: tensorboard/components/vz_line_chart2/line-chart.ts (resmoothDataset); MLflow's and W&B's EMA are the same.
 */
export class Smoother {
  readonly weight: number;
  #out = new Float64Array(0);
  #length = 0;
  #last = 0;
  /** weight ^ (finite points so far) */
  #remaining = 1;

  /** @param weight 0 (nothing is smoothed) to below 1 */
  constructor(weight: number) {
    this.weight = weight;
  }

  /**
   * Takes in what `values` has beyond the points of the call before.
   * @returns smoothed values of at least `length` places, valid up to `length`
   */
  extend(values: Float64Array, length: number): Float64Array {
    if (length > this.#out.length) {
      const bigger = new Float64Array(Math.max(length, this.#out.length * 2));
      bigger.set(this.#out.subarray(0, this.#length));
      this.#out = bigger;
    }
    const { weight } = this;
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
