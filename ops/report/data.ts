import type { Sum } from "../audit/stats.ts";
import type { Verification } from "../audit/verify.ts";
import type { ControlResult } from "./controls/evaluate.ts";
import type { Scope } from "./range.ts";

/** Everything a report says, and nothing that depends on when it was made. */
export interface ReportData {
  readonly stack: string;
  readonly scope: Scope;
  readonly totals: Totals;
  readonly over_time: { readonly step: Step; readonly points: readonly TimePoint[] };
  readonly by_team: readonly Sum[];
  readonly by_user: readonly Sum[];
  readonly by_model: readonly Sum[];
  readonly denials: readonly DenialCount[];
  readonly guardrails: readonly GuardrailCount[];
  readonly approvals: readonly Approval[];
  readonly budget: Budget | null;
  readonly changes: Changes;
  readonly verification: Verification;
  readonly retention: Retention;
  readonly controls: readonly ControlResult[];
  /** Lines that could not be read and are counted nowhere else. */
  readonly unreadable_lines: number;
}

export interface Totals {
  /** Model calls, however they ended. */
  readonly calls: number;
  readonly failures: number;
  readonly interrupted: number;
  readonly denials: number;
  readonly cache_hits: number;
  readonly cost_usd: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
}

export type Step = "hour" | "day" | "week";

export interface TimePoint {
  /** When it begins, such as 2026-11-25T00:00:00.000000Z. */
  readonly start: string;
  readonly calls: number;
  readonly cost_usd: number;
  readonly denials: number;
}

export interface DenialCount {
  readonly type: string;
  readonly code: string;
  readonly count: number;
}

export interface GuardrailCount {
  readonly guardrail: string;
  readonly action: string;
  readonly count: number;
}

export interface Approval {
  readonly id: string;
  /** Null when the request was made before the range. */
  readonly requested: string | null;
  readonly team: string | null;
  readonly user: string | null;
  readonly model: string | null;
  readonly estimate_usd: number | null;
  readonly reasons: readonly string[];
  readonly decision: "approved" | "denied" | "none";
  readonly decided_by: string | null;
  /** From request to decision. */
  readonly seconds: number | null;
  readonly used: boolean;
}

export interface Budget {
  readonly limit_usd: number;
  readonly period: string;
  /** All teams together, over the newest period of the range's end. */
  readonly spent_usd: number;
}

export interface Changes {
  /** Each time another configuration began to serve requests. */
  readonly configurations: readonly {
    readonly since: string;
    readonly config_hash: string;
    readonly image: string | null;
  }[];
  readonly admin: readonly {
    readonly timestamp: string;
    readonly operation: string;
    readonly by: string;
    readonly target: string;
  }[];
  readonly starts: number;
  readonly stops: number;
}

export interface Retention {
  /** What the writer is set to keep; null when the configuration is not known. */
  readonly days: number | null;
  readonly oldest: string | null;
  readonly newest: string | null;
}
