/** What went wrong, in one word that programs can branch on. */
export type ErrorKind =
  | "authentication"
  | "permission"
  | "budget"
  | "rate-limit"
  | "content-blocked"
  | "limit"
  | "approval-required"
  | "approval-refused"
  | "invalid-request"
  | "not-found"
  | "unavailable"
  | "provider"
  | "deadline"
  | "aborted"
  | "protocol";

export interface ErrorFacts {
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The gateway's own code, such as `content_blocked`. */
  readonly code?: string | undefined;
  /** Field of the request that is at fault. */
  readonly param?: string | undefined;
  /** Finds the request in the audit log and the logs of the gateway. */
  readonly requestId?: string | undefined;
  /** When the gateway answered, by its own clock. */
  readonly answeredAt?: Date | undefined;
  /** Seconds after which another try makes sense. */
  readonly retryAfterSeconds?: number | undefined;
  /** Whatever else the gateway said, by its own names. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** Every failure that this package reports; `kind` says which. The text never holds a key. */
export class GatewayError extends Error {
  override readonly name: string = "GatewayError";
  readonly kind: ErrorKind;
  /** What the caller can do about it. */
  readonly advice: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly param: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.kind = kind;
    this.advice = advice[kind];
    this.status = facts.status;
    this.code = facts.code;
    this.param = facts.param;
    this.requestId = facts.requestId;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.details = facts.details ?? {};
  }
}

/** A human has to approve the request first. Sent again with the same content and the id, it passes once. */
export class ApprovalRequiredError extends GatewayError {
  override readonly name: string = "ApprovalRequiredError";
  /** The gateway's own id; undefined where it was this client's SafetyConfig that asked. */
  readonly approvalId: string | undefined;
  /** Worst-case cost of the request, in USD. */
  readonly estimateUsd: number | undefined;
  /** When the question lapses, by the gateway's clock; undefined where it did not say. */
  readonly expiresAt: Date | undefined;
  /** The same from the moment of the answer on, whatever this machine's clock shows. */
  readonly expiresInSeconds: number | undefined;

  constructor(message: string, approvalId: string | undefined, facts: ErrorFacts = {}) {
    super("approval-required", message, facts);
    this.approvalId = approvalId;
    const { estimate_usd: estimate, expires_at: expires } = this.details;
    this.estimateUsd = typeof estimate === "number" ? estimate : undefined;
    const expiresMs = typeof expires === "string" ? Date.parse(expires) : Number.NaN;
    this.expiresAt = Number.isNaN(expiresMs) ? undefined : new Date(expiresMs);
    const answered = facts.answeredAt?.getTime() ?? Date.now();
    this.expiresInSeconds = Number.isNaN(expiresMs) ? undefined : (expiresMs - answered) / 1000;
  }
}

const advice: Readonly<Record<ErrorKind, string>> = {
  authentication: "check the key: it is missing, wrong, expired or blocked",
  permission: "ask for a key that may use this model or route",
  budget: "wait for the budget's next period, or ask for a larger one",
  "rate-limit": "send less, or wait for as long as retryAfterSeconds says",
  "content-blocked": "change the text: a content rule of the gateway refuses it",
  limit: "ask for fewer tokens, a shorter prompt or a cheaper model",
  "approval-required": "have the request approved, then send it again with its approval id",
  "approval-refused": "ask again without the approval id, or change the request",
  "invalid-request": "correct the request as the message says",
  "not-found": "use a model that getAvailableModels() lists",
  unavailable: "try again later; if it stays, look at the gateway's health",
  provider: "try again, or use another model: the provider behind the gateway failed",
  deadline: "allow more time, or ask for less",
  aborted: "nothing: the caller ended the request",
  protocol: "look at what stands between client and gateway: the answer was no answer of a gateway's",
};
