import type { Booked, Dimension } from "./spend.ts";

export interface Sum {
  readonly name: string;
  readonly usd: number;
  readonly calls: number;
  readonly tokens: number;
}

/** Adds calls up by one dimension. */
export class Sums {
  readonly #by: Dimension;
  readonly #sums = new Map<string, { usd: number; calls: number; tokens: number }>();

  constructor(by: Dimension) {
    this.#by = by;
  }

  add(call: Booked): void {
    const name = call[this.#by];
    const sum = this.#sums.get(name) ?? { usd: 0, calls: 0, tokens: 0 };
    sum.usd += call.usd;
    sum.calls += 1;
    sum.tokens += call.tokens;
    this.#sums.set(name, sum);
  }

  /** Dearest first. */
  sorted(): Sum[] {
    return [...this.#sums]
      .map(([name, sum]) => ({ name, ...sum }))
      .sort((a, b) => b.usd - a.usd || b.calls - a.calls || (a.name < b.name ? -1 : 1));
  }
}

export const totalOf = (sums: readonly Sum[]): Sum =>
  sums.reduce(
    (total, { usd, calls, tokens }) => ({
      name: "total",
      usd: total.usd + usd,
      calls: total.calls + calls,
      tokens: total.tokens + tokens,
    }),
    { name: "total", usd: 0, calls: 0, tokens: 0 },
  );
