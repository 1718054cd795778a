import { ApprovalRequiredError } from "./errors.ts";
import { pause } from "./pause.ts";

/**
 * proceed: for a question of the gateway's, wait until an approver has decided and send the request again; for a question of
 * this client's own SafetyConfig, it is the approval. stop: throw the refusal.
 */
export type ApprovalDecision = "proceed" | "stop";

export type OnApprovalRequired = (
  error: ApprovalRequiredError,
) => ApprovalDecision | Promise<ApprovalDecision>;

/** Time between two tries of a request that waits for its approval, in milliseconds. */
const pollMs = 3_000;
/** Longest wait where the gateway does not say when its question lapses, in milliseconds. */
const longestWaitMs = 24 * 3_600_000;

export interface Approval {
  /** Id of an approval that the caller has already. */
  readonly id: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly ask: OnApprovalRequired | undefined;
}

/**
 * Sends a request that may need an approval: asks once, then sends it again and again until it passes, is denied or lapses.
 * Nothing is paid for twice: an approval passes one request.
 * @param send called with the headers that name the approval
 * @throws GatewayError: the refusal, "approval-refused" when the approver said no, "aborted"
 */
export async function withApproval<T>(
  { id, signal, ask }: Approval,
  send: (headers: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  let headers: Record<string, string> = id === undefined ? {} : { "x-cerberus-approval-id": id };
  let until: number | undefined;
  for (;;) {
    try {
      return await send(headers);
    } catch (error) {
      if (!(error instanceof ApprovalRequiredError) || error.approvalId === undefined) throw error;
      if (until === undefined) {
        if ((await ask?.(error)) !== "proceed") throw error;
        until = performance.now() + (error.expiresInSeconds ?? longestWaitMs / 1000) * 1000;
      }
      const left = until - performance.now();
      if (left <= 0) throw error;
      headers = { "x-cerberus-approval-id": error.approvalId };
      if (error.details["approval_status"] !== "approved") await pause(Math.min(pollMs, left), signal);
    }
  }
}
