/** Denials: what refused a request, in words for people who don't know the system. */
export const denials = {
  auth_denied: "No valid key, or the key may not use what it asked for",
  budget_denied: "A budget was used up",
  rate_limited: "More requests or tokens per minute than allowed",
  guardrail_denied: "A content or safety check said no",
  approval_required: "A human has to approve the request first",
  request_rejected: "The request was malformed, or named an unknown model",
  audit_unavailable: "The audit log could not record it, so it was not let through",
  front_door_refused: "The load balancer refused it before it reached the gateway (overload, size, path)",
} as const;
export type Denial = keyof typeof denials;

export const isDenial = (type: string): type is Denial => Object.hasOwn(denials, type);

/** How a model call ended; undefined for anything that is no end of a call, such as one attempt of several that failed. */
export function outcomeOf(type: string): "success" | "failure" | "interrupted" | undefined {
  if (type === "attempt_failure") return undefined;
  const end = /_(success|failure|interrupted)$/.exec(type)?.[1];
  return end as "success" | "failure" | "interrupted" | undefined;
}
