import type { CallOptions, LiteLLMAdapter } from "./adapter.ts";
import type { AnswerFacts, ChatCompletion, ChatRequest } from "./chat.ts";
import { GatewayError } from "./errors.ts";

export interface SessionLimits {
  /** Model where a request names none. */
  readonly model: string;
  /** Spend of the whole session, in USD. */
  readonly priceLimitUsd: number;
  /** Calls of the whole session. */
  readonly maxIterations: number;
}

/** One agent's run: it ends by itself when its money or its turns are spent. */
export class AgentSession {
  private readonly adapter: LiteLLMAdapter;
  private readonly limits: SessionLimits;
  private spent = 0;
  private turns = 0;

  constructor(adapter: LiteLLMAdapter, limits: SessionLimits) {
    this.adapter = adapter;
    this.limits = limits;
  }

  /** So far, in USD. */
  get spentUsd(): number {
    return this.spent;
  }

  get iterations(): number {
    return this.turns;
  }

  /**
   * One turn.
   * @throws GatewayError of kind "limit" before a turn that the session has no money or no turns for: its worst case counts
   */
  async completeChat(
    request: Omit<ChatRequest, "model" | "messages"> &
      Pick<ChatRequest, "messages"> & { readonly model?: string },
    options: CallOptions = {},
  ): Promise<ChatCompletion & { readonly gateway: AnswerFacts }> {
    const { model, priceLimitUsd, maxIterations } = this.limits;
    if (this.turns >= maxIterations) {
      throw new GatewayError("limit", `the session has had its ${maxIterations} turns`, {
        code: "iteration_limit",
      });
    }
    const full: ChatRequest = { ...request, model: request.model ?? model };
    const { estimatedCostUsd } = await this.adapter.getCostEstimate(full, options);
    if (this.spent + estimatedCostUsd > priceLimitUsd) {
      const text = `the turn may cost ${estimatedCostUsd} USD; ${this.spent} of ${priceLimitUsd} USD are spent`;
      throw new GatewayError("limit", text, { code: "price_limit" });
    }
    this.turns += 1;
    const answer = await this.adapter.completeChat(full, options);
    // Where the gateway named no price, the worst case is the only safe assumption.
    this.spent += answer.gateway.costUsd ?? estimatedCostUsd;
    return answer;
  }
}
