import { GatewayError } from "./errors.ts";

/** Statuses with which the gateway says that nothing was done: another try repeats nothing. */
const nothingDone: ReadonlySet<number> = new Set([429, 503]);

/**
 * Milliseconds until another try may be made; undefined where one could repeat a paid call, or would change nothing.
 * @param attempt tries so far, from 0
 * @param reads whether the request changes and costs nothing
 */
export function retryWait(error: unknown, attempt: number, reads: boolean): number | undefined {
  if (!(error instanceof GatewayError)) return undefined;
  const { status, retryAfterSeconds, kind } = error;
  if (kind !== "rate-limit" && kind !== "unavailable") return undefined;
  const harmless = status === undefined ? neverLeft(error.cause) : nothingDone.has(status);
  if (!harmless && !reads) return undefined;
  // Spread out, so that many clients don't come back at the same moment.
  return retryAfterSeconds === undefined
    ? 250 * 2 ** attempt * (0.5 + Math.random())
    : retryAfterSeconds * 1000;
}

/** Whether the request can't have left this machine whole: nobody listened. */
function neverLeft(cause: unknown): boolean {
  const inner = cause instanceof Error ? (cause.cause as { code?: unknown } | undefined) : undefined;
  return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"].includes(String(inner?.code));
}
