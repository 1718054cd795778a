import type { ApprovalRequiredError } from "./errors.ts";
import { pause } from "./pause.ts";

/** approved, wait: send the request again, until it passes, is denied or lapses · stop: throw the refusal. */
export type ApprovalDecision = "approved" | "wait" | "stop";

/** Time between two tries of a request that waits for its approval, in milliseconds. */
const pollMs = 5_000;

/**
 * Waits until a request that still has no approval may be tried again.
 * @throws the refusal itself once the question has lapsed; GatewayError of kind "aborted"
 */
export async function waitForApproval(
  error: ApprovalRequiredError,
  signal: AbortSignal | undefined,
): Promise<void> {
  const left = (error.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now();
  if (left <= 0) throw error;
  await pause(Math.min(pollMs, left), signal);
}
