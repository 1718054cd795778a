import type { ChatRequest } from "./chat.ts";
import { GatewayError } from "./errors.ts";

/** Limits that are checked before a request leaves; by the gateway's own rules, and never instead of them. */
export interface SafetyConfig {
  /** Worst-case cost of one request, in USD. */
  readonly maxBudgetPerRequestUsd?: number;
  /** Output tokens of one request: granted when the request names none, refused above. */
  readonly maxTokensPerRequest?: number;
  /** Worst-case cost above which onApprovalRequired is asked, in USD. */
  readonly requireApprovalOverUsd?: number;
  readonly rateLimitPerMinute?: number;
}

export const safetyOf = (config: SafetyConfig): Required<SafetyConfig> => ({
  maxBudgetPerRequestUsd: Number.POSITIVE_INFINITY,
  maxTokensPerRequest: Number.POSITIVE_INFINITY,
  requireApprovalOverUsd: Number.POSITIVE_INFINITY,
  rateLimitPerMinute: Number.POSITIVE_INFINITY,
  ...config,
});

export function refuseUnsafe(request: ChatRequest, safety: Required<SafetyConfig>): ChatRequest {
  const cap = safety.maxTokensPerRequest;
  const asked = request.max_completion_tokens ?? request.max_tokens;
  if (asked !== undefined && asked > cap) {
    throw new GatewayError("limit", `max_tokens is ${asked}; maxTokensPerRequest is ${cap}`, {
      code: "token_limit_exceeded",
      param: "max_tokens",
    });
  }
  return asked === undefined && Number.isFinite(cap) ? { ...request, max_tokens: cap } : request;
}

/** Counts the requests of the last minute. */
export class Limiter {
  private readonly perMinute: number;
  private taken: number[] = [];

  constructor(perMinute: number) {
    this.perMinute = perMinute;
  }

  /** @throws GatewayError of kind "rate-limit" with the seconds until the next one may go */
  take(now = Date.now()): void {
    this.taken = this.taken.filter((at) => now - at < 60_000);
    if (this.taken.length >= this.perMinute) {
      const wait = (60_000 - (now - (this.taken[0] ?? now))) / 1000;
      throw new GatewayError("rate-limit", `${this.perMinute} requests were sent within a minute`, {
        code: "client_rate_limit",
        retryAfterSeconds: wait,
      });
    }
    this.taken.push(now);
  }
}
