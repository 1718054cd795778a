import { type OnApprovalRequired, withApproval } from "./approvals.ts";
import {
  type AnswerFacts,
  answerFacts,
  type ChatChunk,
  type ChatCompletion,
  type ChatRequest,
  modelName,
} from "./chat.ts";
import { type CostEstimate, deploymentsOf, estimate, type ModelRow, worstCaseUsd } from "./cost.ts";
import { GatewayError } from "./errors.ts";
import { Http } from "./http.ts";
import { Safety, type SafetyConfig } from "./safety/safety.ts";
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
   * Asked once for each request that needs a human's approval; without it the refusal is thrown as it is. `error.approvalId` is
   * what an approver looks for; where it is undefined, it is this client's own requireApprovalOverUsd that asks.
   */
  readonly onApprovalRequired?: OnApprovalRequired;
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

/** Longest time that a timer can be set to, in milliseconds. */
const longestTimeoutMs = 2 ** 31 - 1;
/** Age at which prices are read anew, in milliseconds. */
const pricesLastMs = 60_000;

/** One gateway, as an agent meets it. Safe to share: it keeps the last minute's requests and prices, nothing of the requests. */
export class LiteLLMAdapter {
  private readonly http: Http;
  private readonly safety: Safety;
  private readonly onApprovalRequired: OnApprovalRequired | undefined;
  private prices: { readonly rows: readonly ModelRow[]; readonly readAt: number } | undefined;

  /** @throws GatewayError when an option is wrong */
  constructor(options: AdapterOptions) {
    const { baseUrl, apiKey, timeoutMs = 600_000, maxRetries = 2 } = options;
    const wrong = (what: string) => new GatewayError("invalid-request", what);
    if (!/^https?:\/\/[^/]/.test(baseUrl))
      throw wrong(`baseUrl must start with http:// or https://, not "${baseUrl}"`);
    if (apiKey.trim() === "")
      throw new GatewayError("authentication", "apiKey is empty: give a key of the gateway's");
    // A header can't hold it, and the error of fetch would show it.
    if (!/^[\x21-\x7e]+$/.test(apiKey))
      throw new GatewayError("authentication", "apiKey holds blanks or signs that no key has");
    if (!(timeoutMs > 0 && timeoutMs <= longestTimeoutMs))
      throw wrong(`timeoutMs is ${timeoutMs}; it must be from 1 to ${longestTimeoutMs}`);
    if (!(Number.isInteger(maxRetries) && maxRetries >= 0))
      throw wrong(`maxRetries is ${maxRetries}; it must be a whole number from 0 on`);
    this.http = new Http({
      baseUrl: baseUrl.replace(/\/+$/, "").replace(/\/v1$/, ""),
      apiKey,
      timeoutMs,
      maxRetries,
      fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
    });
    this.safety = new Safety(options.safety ?? {});
    this.onApprovalRequired = options.onApprovalRequired;
  }

  /** Whether the gateway can serve requests. Never throws: what is wrong stands in `error`. */
  async validateProxyHealth(options: CallOptions = {}): Promise<ProxyHealth> {
    try {
      const { body } = await this.http.json<{ status: string; db?: string }>(
        { path: "/health/readiness", timeoutMs: 10_000, ...options },
        ({ status }) => typeof status === "string",
      );
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
    const { body } = await this.http.json<{ data: readonly { id: string }[] }>(
      { path: "/v1/models", ...options },
      ({ data }) => Array.isArray(data),
    );
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
    if (request["stream"] === true)
      throw new GatewayError("invalid-request", "streamChat() is for streams", { param: "stream" });
    const body = await this.prepare(request, options);
    const answer = await this.approved(options, (headers) =>
      this.http.json<ChatCompletion>(
        { path: "/v1/chat/completions", body, headers, ...options },
        ({ choices }) => Array.isArray(choices),
      ),
    );
    return { ...answer.body, gateway: answerFacts(answer.headers) };
  }

  /**
   * A chat completion, piece by piece, each as soon as it arrives.
   * @throws GatewayError, also in the middle: a stream that breaks off never looks whole
   */
  async *streamChat(request: ChatRequest, options: CallOptions = {}): AsyncGenerator<ChatChunk, AnswerFacts> {
    const body = await this.prepare({ ...request, stream: true }, options);
    const answer = await this.approved(options, (headers) =>
      this.http.open({ path: "/v1/chat/completions", body, headers, ...options }),
    );
    yield* chatChunks(answer);
    return answerFacts(answer.response.headers);
  }

  /**
   * What a request can cost.
   * @throws GatewayError of kind "not-found" for a model that the key doesn't reach, "limit" for one without a price
   */
  async getCostEstimate(request: ChatRequest, options: CallOptions = {}): Promise<CostEstimate> {
    const limited = this.safety.limitOutput({ ...request, model: modelName(request.model) });
    const { model, messages, tools } = limited;
    const [tokens, deployments] = await Promise.all([
      this.http.json<{ total_tokens: number }>(
        { path: "/utils/token_counter", body: { model, messages, ...(tools ? { tools } : {}) }, ...options },
        ({ total_tokens }) => typeof total_tokens === "number",
      ),
      this.deployments(model, options),
    ]);
    return estimate(limited, tokens.body.total_tokens, deployments);
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
    const { body } = await this.http.json<KeyInfo>(
      { path: "/key/info", ...options },
      ({ info }) => typeof info?.spend === "number",
    );
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

  /** The request as it goes out, once this client's own rules have passed it. */
  private async prepare(request: ChatRequest, options: CallOptions): Promise<ChatRequest> {
    const body = this.safety.check({ ...request, model: modelName(request.model) });
    if (!this.safety.mindsCost) return body;
    const question = this.safety.checkCost(worstCaseUsd(body, await this.deployments(body.model, options)));
    if (question !== undefined && options.approvalId === undefined) {
      if ((await this.onApprovalRequired?.(question)) !== "proceed") throw question;
    }
    return body;
  }

  private approved<T>(
    options: CallOptions,
    send: (headers: Readonly<Record<string, string>>) => Promise<T>,
  ): Promise<T> {
    const { approvalId: id, signal } = options;
    return withApproval({ id, signal, ask: this.onApprovalRequired }, send);
  }

  private async deployments(model: string, options: CallOptions): Promise<readonly ModelRow[]> {
    if (this.prices === undefined || performance.now() - this.prices.readAt > pricesLastMs) {
      const { body } = await this.http.json<{ data: readonly ModelRow[] }>(
        { path: "/model/info", ...options },
        ({ data }) => Array.isArray(data),
      );
      this.prices = { rows: body.data, readAt: performance.now() };
    }
    return deploymentsOf(model, this.prices.rows);
  }
}
