import { GatewayError } from "../errors.ts";

const minuteMs = 60_000;

/** Counts the requests of the last minute. */
export class Limiter {
  private readonly perMinute: number;
  private taken: number[] = [];

  constructor(perMinute: number) {
    this.perMinute = perMinute;
  }

  /**
   * @param now milliseconds of a clock that never goes back
   * @throws GatewayError of kind "rate-limit" with the seconds until the next one may go
   */
  take(now = performance.now()): void {
    if (!Number.isFinite(this.perMinute)) return;
    this.taken = this.taken.filter((at) => now - at < minuteMs);
    const [oldest] = this.taken;
    if (oldest !== undefined && this.taken.length >= this.perMinute) {
      throw new GatewayError("rate-limit", `rateLimitPerMinute is ${this.perMinute}, and so many were sent`, {
        code: "client_rate_limit",
        retryAfterSeconds: (minuteMs - (now - oldest)) / 1000,
      });
    }
    this.taken.push(now);
  }
}
