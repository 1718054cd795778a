import type { CallOptions, LiteLLMAdapter } from "./adapter.ts";
import type { AnswerFacts, ChatCompletion, ChatParameters, ChatRequest } from "./chat.ts";
import { type ErrorKind, GatewayError } from "./errors.ts";

export interface SessionLimits {
  /** Model where a request names none. */
  readonly model: string;
  /** Spend of the whole session, in USD. */
  readonly priceLimitUsd: number;
  /** Calls of the whole session. */
  readonly maxIterations: number;
}

/** One turn's request; the session knows the model. */
export interface TurnRequest extends ChatParameters {
  readonly model?: string;
}

/** Failures after which a provider may have been paid all the same. */
const maybePaid: ReadonlySet<ErrorKind> = new Set([
  "provider",
  "deadline",
  "aborted",
  "protocol",
  "unavailable",
]);

/** One agent's run: it ends by itself when its money or its turns are spent. */
export class AgentSession {
  private readonly adapter: LiteLLMAdapter;
  readonly limits: SessionLimits;
  private spent = 0;
  /** What turns that still run may cost. */
  private reserved = 0;
  private turns = 0;

  constructor(adapter: LiteLLMAdapter, limits: SessionLimits) {
    this.adapter = adapter;
    this.limits = limits;
  }

  /** So far, in USD; a turn that failed half-way counts with what it may have cost. */
  get spentUsd(): number {
    return this.spent;
  }

  get iterations(): number {
    return this.turns;
  }

  /**
   * One turn.
   * @throws GatewayError of kind "limit" before a turn that the session has no turns ("iteration_limit") or no money
   *   ("price_limit") for: what it can cost counts
   */
  async completeChat(
    request: TurnRequest,
    options: CallOptions = {},
  ): Promise<ChatCompletion & { readonly gateway: AnswerFacts }> {
    const { model, priceLimitUsd, maxIterations } = this.limits;
    if (this.turns >= maxIterations) {
      throw new GatewayError("limit", `the session has had its ${maxIterations} turns`, {
        code: "iteration_limit",
      });
    }
    this.turns += 1;
    const full: ChatRequest = { ...request, model: request.model ?? model };
    const { estimatedCostUsd: most } = await this.adapter.getCostEstimate(full, options);
    if (this.spent + this.reserved + most > priceLimitUsd) {
      const taken = this.spent + this.reserved;
      const text = `the turn may cost ${most} USD; ${taken} of ${priceLimitUsd} USD are taken`;
      throw new GatewayError("limit", text, { code: "price_limit" });
    }
    this.reserved += most;
    try {
      const answer = await this.adapter.completeChat(full, options);
      // Where the gateway named no price, the most it can be is the only safe assumption.
      this.spent += answer.gateway.costUsd ?? most;
      return answer;
    } catch (error) {
      if (!(error instanceof GatewayError) || maybePaid.has(error.kind)) this.spent += most;
      throw error;
    } finally {
      this.reserved -= most;
    }
  }
}
