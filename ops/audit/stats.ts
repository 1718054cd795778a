import { isDenial, outcomeOf } from "./events.ts";
import type { AuditLine } from "./line.ts";
import { Quantiles } from "./quantiles.ts";

/** What some group of calls came to. */
export interface Sum {
  readonly name: string;
  readonly calls: number;
  readonly cost_usd: number;
  readonly total_tokens: number;
}

export interface Stats {
  readonly lines: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly by_type: Readonly<Record<string, number>>;
  /** Model calls, however they ended. */
  readonly calls: number;
  readonly cost_usd: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly denials: number;
  readonly latency_ms: { readonly p50: number | null; readonly p95: number | null };
  readonly by_model: readonly Sum[];
  readonly by_team: readonly Sum[];
}

/** Adds up sums by name. */
export class Sums {
  readonly #sums = new Map<string, { calls: number; cost_usd: number; total_tokens: number }>();

  add(name: string, { data }: AuditLine): void {
    const sum = this.#sums.get(name) ?? { calls: 0, cost_usd: 0, total_tokens: 0 };
    sum.calls += 1;
    sum.cost_usd += data.cost_usd ?? 0;
    sum.total_tokens += tokensOf(data);
    this.#sums.set(name, sum);
  }

  /** Dearest first, then by calls and name. */
  sorted(): Sum[] {
    return [...this.#sums]
      .map(([name, sum]) => ({ name, ...sum }))
      .sort((a, b) => b.cost_usd - a.cost_usd || b.calls - a.calls || (a.name < b.name ? -1 : 1));
  }
}

/** All tokens of a call, in and out. */
export function tokensOf({ usage }: AuditLine["data"]): number {
  return usage?.total_tokens ?? (usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0);
}

/** Sums lines up, one after the other. */
export class StatsCounter {
  readonly #types = new Map<string, number>();
  readonly #models = new Sums();
  readonly #teams = new Sums();
  readonly #latency = new Quantiles();
  #lines = 0;
  #calls = 0;
  #cost = 0;
  #prompt = 0;
  #completion = 0;
  #denials = 0;
  #first: string | null = null;
  #last: string | null = null;

  add(line: AuditLine): void {
    const { event_type: type, data, timestamp } = line;
    this.#lines += 1;
    this.#first ??= timestamp;
    this.#last = timestamp;
    this.#types.set(type, (this.#types.get(type) ?? 0) + 1);
    if (isDenial(type)) this.#denials += 1;
    if (outcomeOf(type) === undefined) return;
    this.#calls += 1;
    this.#cost += data.cost_usd ?? 0;
    this.#prompt += data.usage?.prompt_tokens ?? 0;
    this.#completion += data.usage?.completion_tokens ?? 0;
    if (typeof data.response_time_ms === "number") this.#latency.add(data.response_time_ms);
    this.#models.add(data.model ?? data.requested_model ?? "(unknown)", line);
    this.#teams.add(data.team_alias ?? data.team_id ?? "(no team)", line);
  }

  result(): Stats {
    return {
      lines: this.#lines,
      first: this.#first,
      last: this.#last,
      by_type: Object.fromEntries([...this.#types].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))),
      calls: this.#calls,
      cost_usd: this.#cost,
      prompt_tokens: this.#prompt,
      completion_tokens: this.#completion,
      denials: this.#denials,
      latency_ms: { p50: this.#latency.at(0.5), p95: this.#latency.at(0.95) },
      by_model: this.#models.sorted(),
      by_team: this.#teams.sorted(),
    };
  }
}
