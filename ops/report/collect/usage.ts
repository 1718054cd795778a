import { isDenial, outcomeOf } from "../../audit/events.ts";
import type { AuditLine } from "../../audit/line.ts";
import { Quantiles } from "../../audit/quantiles.ts";
import { Sums } from "../../audit/stats.ts";
import { asTimestamp } from "../../audit/when.ts";
import type { Step, TimePoint, Totals } from "../data.ts";
import type { Scope } from "../range.ts";

const hourMs = 3_600_000;
const stepMs: Readonly<Record<Step, number>> = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs };

/** Adds up who used what, when, and at what price. */
export class Usage {
  readonly step: Step;
  readonly teams = new Sums();
  readonly users = new Sums();
  readonly models = new Sums();
  readonly #scope: Scope;
  readonly #points = new Map<number, { calls: number; cost_usd: number; denials: number }>();
  readonly #latency = new Quantiles();
  readonly #totals = {
    calls: 0,
    failures: 0,
    interrupted: 0,
    denials: 0,
    cache_hits: 0,
    cost_usd: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
  };

  constructor(scope: Scope) {
    this.#scope = scope;
    const days = (Date.parse(scope.to) - Date.parse(scope.from)) / stepMs.day;
    this.step = days <= 2 ? "hour" : days <= 62 ? "day" : "week";
    for (let at = this.#bucket(scope.from); at < Date.parse(scope.to); at += stepMs[this.step])
      this.#pointAt(at);
  }

  add(line: AuditLine): void {
    const { event_type: type, data } = line;
    const point = this.#pointAt(this.#bucket(line.timestamp));
    if (isDenial(type)) {
      this.#totals.denials += 1;
      point.denials += 1;
    }
    const outcome = outcomeOf(type);
    if (outcome === undefined) return;
    const cost = data.cost_usd ?? 0;
    point.calls += 1;
    point.cost_usd += cost;
    this.#totals.calls += 1;
    this.#totals.cost_usd += cost;
    if (outcome === "failure") this.#totals.failures += 1;
    if (outcome === "interrupted") this.#totals.interrupted += 1;
    if (data.cache_hit) this.#totals.cache_hits += 1;
    this.#totals.prompt_tokens += data.usage?.prompt_tokens ?? 0;
    this.#totals.completion_tokens += data.usage?.completion_tokens ?? 0;
    if (typeof data.response_time_ms === "number") this.#latency.add(data.response_time_ms);
    this.teams.add(data.team_alias ?? data.team_id ?? "(no team)", line);
    this.users.add(data.user_id ?? data.end_user ?? "(no user)", line);
    this.models.add(data.model ?? data.requested_model ?? "(unknown)", line);
  }

  totals(): Totals {
    return { ...this.#totals, p50_ms: this.#latency.at(0.5), p95_ms: this.#latency.at(0.95) };
  }

  points(): TimePoint[] {
    return [...this.#points]
      .sort(([a], [b]) => a - b)
      .map(([at, point]) => ({ start: asTimestamp(at), ...point }));
  }

  /** Hours and days begin with the clock's (UTC), weeks with the range. */
  #bucket(timestamp: string): number {
    const size = stepMs[this.step];
    const origin = this.step === "week" ? Date.parse(this.#scope.from) : 0;
    return origin + Math.floor((Date.parse(timestamp) - origin) / size) * size;
  }

  #pointAt(at: number) {
    const point = this.#points.get(at) ?? { calls: 0, cost_usd: 0, denials: 0 };
    this.#points.set(at, point);
    return point;
  }
}
