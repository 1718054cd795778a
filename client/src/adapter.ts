import { type ApprovalDecision, waitForApproval } from "./approvals.ts";
import {
  type AnswerFacts,
  answerFacts,
  type ChatChunk,
  type ChatCompletion,
  type ChatRequest,
  modelName,
} from "./chat.ts";
import { type CostEstimate, dearestPrice, type ModelRow, worstCase } from "./cost.ts";
import { ApprovalRequiredError, GatewayError } from "./errors.ts";
import { Http } from "./http.ts";
import { Limiter, refuseUnsafe, type SafetyConfig, safetyOf } from "./safety.ts";
import { chatChunks } from "./stream.ts";

export interface AdapterOptions {
  /** Address of the gateway, such as http://127.0.0.1:4000. */
  readonly baseUrl: string;
  /** A virtual key of the gateway. */
  readonly apiKey: string;
  /** Checked here before a request leaves, by the gateway's own rules; the gateway checks its own in any case. */
  readonly safety?: SafetyConfig;
  /** Longest time of one call, in milliseconds; a stream's whole length counts. */
  readonly timeoutMs?: number;
  /** Tries after the first where the gateway did nothing (429, 503, nobody listens); an answered call is never repeated. */
  readonly maxRetries?: number;
  /**
   * Asked when a request needs a human's approval; without it the refusal is thrown as it is. `error.approvalId` is what an
   * approver looks for. Where it is undefined, this client's own requireApprovalOverUsd asks, and "approved" is the answer.
   */
  readonly onApprovalRequired?: (
    error: ApprovalRequiredError,
  ) => ApprovalDecision | Promise<ApprovalDecision>;
  /** Another fetch, for tests and proxies. */
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Id of an approval for exactly this request. */
  readonly approvalId?: string;
}

export interface ProxyHealth {
  readonly healthy: boolean;
  readonly database: string | undefined;
  /** Why not, where it is not healthy. */
  readonly error: string | undefined;
}

export interface BudgetCheck {
  readonly withinBudget: boolean;
  readonly spentUsd: number;
  /** Null where the key has no budget. */
  readonly remainingBudgetUsd: number | null;
}

export interface UsageStats {
  readonly totalSpendUsd: number;
  readonly maxBudgetUsd: number | null;
  /** Length of the budget's period, such as "30d". */
  readonly budgetPeriod: string | null;
  readonly budgetResetsAt: Date | null;
  readonly requestsPerMinute: number | null;
  readonly models: readonly string[];
}

interface KeyInfo {
  readonly info: {
    readonly spend: number;
    readonly max_budget: number | null;
    readonly budget_duration: string | null;
    readonly budget_reset_at: string | null;
    readonly rpm_limit: number | null;
    readonly models: readonly string[];
  };
}

/** One gateway, as an agent meets it. Safe to share: it holds no state but the last minute's count of requests. */
export class LiteLLMAdapter {
  private readonly http: Http;
  private readonly safety: Required<SafetyConfig>;
  private readonly limiter: Limiter;
  private readonly onApprovalRequired: AdapterOptions["onApprovalRequired"];

  /** @throws GatewayError when an option is wrong */
  constructor(options: AdapterOptions) {
    const { baseUrl, apiKey, timeoutMs = 600_000, maxRetries = 2 } = options;
    if (!/^https?:\/\//.test(baseUrl)) {
      throw new GatewayError(
        "invalid-request",
        `baseUrl must start with http:// or https://, not "${baseUrl}"`,
      );
    }
    if (apiKey.trim() === "")
      throw new GatewayError("authentication", "apiKey is empty: give a key of the gateway's");
    this.http = new Http({
      baseUrl: baseUrl.replace(/\/+$/, "").replace(/\/v1$/, ""),
      apiKey,
      timeoutMs,
      maxRetries,
      fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
    });
    this.safety = safetyOf(options.safety ?? {});
    this.limiter = new Limiter(this.safety.rateLimitPerMinute);
    this.onApprovalRequired = options.onApprovalRequired;
  }

  /** Whether the gateway can serve requests. Never throws: what is wrong stands in `error`. */
  async validateProxyHealth(options: CallOptions = {}): Promise<ProxyHealth> {
    try {
      const { body } = await this.http.json<{ status?: string; db?: string }>({
        path: "/health/readiness",
        timeoutMs: 10_000,
        ...options,
      });
      const healthy = body.status === "healthy" || body.status === "connected";
      return { healthy, database: body.db, error: healthy ? undefined : `the gateway says: ${body.status}` };
    } catch (error) {
      return {
        healthy: false,
        database: undefined,
        error: error instanceof Error ? error.message : String(error),
      };
    }
  }

  /** Public names of the models that this key may use, sorted. */
  async getAvailableModels(options: CallOptions = {}): Promise<readonly string[]> {
    const { body } = await this.http.json<{ data: readonly { id: string }[] }>({
      path: "/v1/models",
      ...options,
    });
    return body.data.map(({ id }) => id).sort();
  }

  /**
   * A chat completion, whole.
   * @throws GatewayError; see its `kind`
   */
  async completeChat(
    request: ChatRequest,
    options: CallOptions = {},
  ): Promise<ChatCompletion & { readonly gateway: AnswerFacts }> {
    const body = await this.prepare(request, options);
    return this.withApproval(options, async (headers) => {
      const answer = await this.http.json<ChatCompletion>({
        path: "/v1/chat/completions",
        body,
        headers,
        ...options,
      });
      return { ...answer.body, gateway: answerFacts(answer.headers) };
    });
  }

  /**
   * A chat completion, piece by piece, each as soon as it arrives.
   * @throws GatewayError, also in the middle: a stream that breaks off never looks whole
   */
  async *streamChat(request: ChatRequest, options: CallOptions = {}): AsyncGenerator<ChatChunk, AnswerFacts> {
    const body = { ...(await this.prepare(request, options)), stream: true };
    const answer = await this.withApproval(options, (headers) =>
      this.http.open({ path: "/v1/chat/completions", body, headers, ...options }),
    );
    yield* chatChunks(answer);
    return answerFacts(answer.response.headers);
  }

  /** What a request costs at the most: its tokens as the gateway counts them, its whole output, the dearest deployment. */
  async getCostEstimate(request: ChatRequest, options: CallOptions = {}): Promise<CostEstimate> {
    const model = modelName(request.model);
    const [tokens, rows] = await Promise.all([
      this.http.json<{ total_tokens: number }>({
        path: "/utils/token_counter",
        body: { model, messages: request.messages, ...(request.tools ? { tools: request.tools } : {}) },
        ...options,
      }),
      this.http.json<{ data: readonly ModelRow[] }>({ path: "/model/info", ...options }),
    ]);
    const price = dearestPrice(model, rows.body.data);
    return worstCase(request, tokens.body.total_tokens, price, this.safety.maxTokensPerRequest);
  }

  /**
   * Whether so much more may be spent with this key.
   * @param neededUsd what is about to be spent, in USD
   */
  async checkBudgetLimit(neededUsd: number, options: CallOptions = {}): Promise<BudgetCheck> {
    const { totalSpendUsd, maxBudgetUsd } = await this.getUsageStats(options);
    const remaining = maxBudgetUsd === null ? null : Math.max(0, maxBudgetUsd - totalSpendUsd);
    return {
      withinBudget: remaining === null || neededUsd <= remaining,
      spentUsd: totalSpendUsd,
      remainingBudgetUsd: remaining,
    };
  }

  /** What this key has spent in its budget's period, and what it may. */
  async getUsageStats(options: CallOptions = {}): Promise<UsageStats> {
    const { body } = await this.http.json<KeyInfo>({ path: "/key/info", ...options });
    const { info } = body;
    return {
      totalSpendUsd: info.spend,
      maxBudgetUsd: info.max_budget,
      budgetPeriod: info.budget_duration,
      budgetResetsAt: info.budget_reset_at === null ? null : new Date(info.budget_reset_at),
      requestsPerMinute: info.rpm_limit,
      models: info.models,
    };
  }

  private async prepare(request: ChatRequest, options: CallOptions): Promise<ChatRequest> {
    this.limiter.take();
    const { maxBudgetPerRequestUsd: budget, requireApprovalOverUsd: over } = this.safety;
    const body = refuseUnsafe({ ...request, model: modelName(request.model) }, this.safety);
    if (budget === Number.POSITIVE_INFINITY && over === Number.POSITIVE_INFINITY) return body;
    const { estimatedCostUsd } = await this.getCostEstimate(body, options);
    if (estimatedCostUsd > budget) {
      throw new GatewayError(
        "limit",
        `the request may cost ${estimatedCostUsd} USD; maxBudgetPerRequestUsd is ${budget}`,
        {
          code: "cost_limit_exceeded",
          details: { estimate_usd: estimatedCostUsd, limit_usd: budget },
        },
      );
    }
    if (estimatedCostUsd > over && options.approvalId === undefined) {
      const text = `the request may cost ${estimatedCostUsd} USD; requireApprovalOverUsd is ${over}`;
      const facts = { code: "approval_required", details: { estimate_usd: estimatedCostUsd } };
      const error = new ApprovalRequiredError(text, undefined, facts);
      if ((await this.onApprovalRequired?.(error)) !== "approved") throw error;
    }
    return body;
  }

  private async withApproval<T>(
    { approvalId, signal }: CallOptions,
    send: (headers: Record<string, string>) => Promise<T>,
  ): Promise<T> {
    for (let id = approvalId; ; ) {
      try {
        return await send(id === undefined ? {} : { "x-cerberus-approval-id": id });
      } catch (error) {
        if (!(error instanceof ApprovalRequiredError) || this.onApprovalRequired === undefined) throw error;
        if ((await this.onApprovalRequired(error)) === "stop") throw error;
        if (id !== undefined) await waitForApproval(error, signal);
        id = error.approvalId;
      }
    }
  }
}
