import { ApprovalRequiredError, type ErrorFacts, type ErrorKind, GatewayError } from "./errors.ts";

/** Codes of plugins/cerberus_gateway/refusal.py. */
const byCode: Readonly<Record<string, ErrorKind>> = {
  cost_limit_exceeded: "limit",
  token_limit_exceeded: "limit",
  content_blocked: "content-blocked",
  model_not_allowed: "permission",
  route_not_allowed: "permission",
  input_not_allowed: "permission",
  approval_denied: "approval-refused",
  approval_invalid: "approval-refused",
  invalid_request: "invalid-request",
  safety_unavailable: "unavailable",
  approvals_unavailable: "unavailable",
  audit_unavailable: "unavailable",
  budget_exceeded: "budget",
  budget_unavailable: "unavailable",
};

/** LiteLLM's `type` of its own refusals (litellm/proxy/_types.py, ProxyErrorTypes). */
const byType: Readonly<Record<string, ErrorKind>> = {
  budget_exceeded: "budget",
  auth_error: "authentication",
  token_not_found_in_db: "authentication",
  expired_key: "authentication",
  key_model_access_denied: "permission",
  team_model_access_denied: "permission",
  user_model_access_denied: "permission",
  throttling_error: "rate-limit",
};

function byStatus(status: number): ErrorKind {
  // A redirect, also one that a browser hides behind the status 0: a gateway sends none.
  if (status < 400) return "protocol";
  if (status === 401) return "authentication";
  if (status === 403) return "permission";
  if (status === 404) return "not-found";
  if (status === 408) return "deadline";
  if (status === 429) return "rate-limit";
  if (status === 503 || status === 502 || status === 504) return "unavailable";
  return status >= 500 ? "provider" : "invalid-request";
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" && value !== "None" ? value : undefined;

/** A `retry-after` header, in seconds: a number, or a date in a world whose clocks differ. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

/**
 * The error that an answer other than 2xx stands for.
 * @param body its text; a load balancer's HTML is as good as any
 */
export function refusalOf(status: number, headers: Headers, body: string): GatewayError {
  // Dates are read by the clock of whoever wrote them: this machine's may be wrong.
  const answered = Date.parse(headers.get("date") ?? "");
  const answeredAt = new Date(Number.isNaN(answered) ? Date.now() : answered);
  const facts: ErrorFacts = {
    status,
    answeredAt,
    requestId: headers.get("x-litellm-call-id") ?? headers.get("x-request-id") ?? undefined,
    retryAfterSeconds: retryAfter(headers.get("retry-after"), answeredAt.getTime()),
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (cause) {
    const kind = byStatus(status);
    return new GatewayError(kind, `the gateway answered ${status} without JSON`, { ...facts, cause });
  }
  return refusalFrom(isRecord(parsed) ? (parsed["error"] ?? parsed["detail"]) : parsed, facts);
}

/** The error that an error object stands for, whether it came as an answer or inside a stream. */
export function refusalFrom(error: unknown, facts: ErrorFacts): GatewayError {
  const outer = isRecord(error) ? error : { message: error };
  // LiteLLM hands a guardrail's own words on in this field.
  const own = outer["provider_specific_fields"];
  const said = isRecord(own) && text(own["code"]) !== undefined ? { ...outer, ...own } : outer;
  const code = text(said["code"]);
  const type = text(said["type"]);
  const message =
    text(said["message"]) ?? text(said["error"]) ?? `the gateway answered ${facts.status ?? "an error"}`;
  const known: ErrorFacts = { ...facts, code, param: text(said["param"]), details: said };
  const id = text(said["approval_id"]);
  if (code === "approval_required" && id !== undefined) return new ApprovalRequiredError(message, id, known);
  const status = facts.status ?? Number(code);
  const kind = byCode[code ?? ""] ?? byType[type ?? ""] ?? byStatus(Number.isInteger(status) ? status : 500);
  return new GatewayError(kind, message, known);
}
