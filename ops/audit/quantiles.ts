/** Quantiles of any number of positive values in little memory; each is right within 1 %. */
export class Quantiles {
  /** Width of a bucket: twice the error. */
  static readonly #base = Math.log(1.02);
  readonly #buckets = new Map<number, number>();
  #count = 0;

  add(value: number): void {
    const bucket = Math.round(Math.log(Math.max(value, 0.01)) / Quantiles.#base);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#count += 1;
  }

  /** @returns null when there is nothing to tell */
  at(quantile: number): number | null {
    let left = Math.ceil(quantile * this.#count);
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return Math.exp(bucket * Quantiles.#base);
    }
    return null;
  }
}
