import type { ChatRequest } from "../chat.ts";
import { ApprovalRequiredError, GatewayError } from "../errors.ts";
import { builtInCategories } from "./categories.generated.ts";
import { type Category, ContentFilter } from "./content.ts";
import { Limiter } from "./limiter.ts";
import { limitOutput } from "./output-tokens.ts";
import { survey } from "./survey.ts";

/**
 * Limits that are checked before a request leaves, by the gateway's own rules and never instead of them: what is refused here
 * costs no round trip. Answers are filtered by the gateway alone.
 */
export interface SafetyConfig {
  /** Worst-case cost of one request, in USD. */
  readonly maxBudgetPerRequestUsd?: number;
  /** Output tokens of one request: granted when the request names none, refused above. */
  readonly maxTokensPerRequest?: number;
  /** Worst-case cost above which onApprovalRequired is asked, in USD. */
  readonly requireApprovalOverUsd?: number;
  /** Requests that this adapter sends within any minute. */
  readonly rateLimitPerMinute?: number;
  /** Categories that are refused: of `categories`, or the gateway's own, such as harmful and illegal. */
  readonly blockedContentTypes?: readonly string[];
  /** Categories of your own. */
  readonly categories?: Readonly<Record<string, Category>>;
}

/** The checks of one adapter. */
export class Safety {
  private readonly maxTokens: number;
  private readonly maxBudgetUsd: number;
  private readonly approvalOverUsd: number;
  private readonly content: ContentFilter;
  private readonly limiter: Limiter;

  /** @throws GatewayError of kind "invalid-request" for a limit that is none and a category that nobody knows */
  constructor(config: SafetyConfig) {
    this.maxTokens = limit(config, "maxTokensPerRequest");
    this.maxBudgetUsd = limit(config, "maxBudgetPerRequestUsd");
    this.approvalOverUsd = limit(config, "requireApprovalOverUsd");
    this.limiter = new Limiter(limit(config, "rateLimitPerMinute"));
    this.content = new ContentFilter(chosen(config));
  }

  /** Whether a request's worst-case cost has to be known before it goes. */
  get mindsCost(): boolean {
    return Number.isFinite(this.maxBudgetUsd) || Number.isFinite(this.approvalOverUsd);
  }

  /**
   * What can be checked without the gateway.
   * @returns the request with the output tokens it is granted
   * @throws GatewayError of kind "rate-limit", "limit", "content-blocked" or "invalid-request"
   */
  check(request: ChatRequest): ChatRequest {
    this.limiter.take();
    const limited = this.limitOutput(request);
    if (!this.content.isActive) return limited;
    const category = this.content.find(survey(limited).texts.join("\n"));
    if (category === undefined) return limited;
    throw new GatewayError(
      "content-blocked",
      `the request holds content of the category ${category}, which blockedContentTypes names`,
      { code: "content_blocked", details: { category, where: "request" } },
    );
  }

  /**
   * The request with the output tokens it is granted.
   * @throws GatewayError of kind "limit" for one that asks for more
   */
  limitOutput(request: ChatRequest): ChatRequest {
    return limitOutput(request, this.maxTokens);
  }

  /**
   * @param costUsd worst-case cost; undefined = it can't be known, which counts as too much
   * @returns the question for a human, where one has to be asked
   * @throws GatewayError of kind "limit" and code "cost_limit_exceeded"
   */
  checkCost(costUsd: number | undefined): ApprovalRequiredError | undefined {
    const said =
      costUsd === undefined
        ? "what the request may cost can't be known"
        : `the request may cost ${costUsd} USD`;
    const cost = costUsd ?? Number.POSITIVE_INFINITY;
    const details = { estimate_usd: costUsd };
    if (cost > this.maxBudgetUsd) {
      throw new GatewayError("limit", `${said}; maxBudgetPerRequestUsd is ${this.maxBudgetUsd}`, {
        code: "cost_limit_exceeded",
        details: { ...details, limit_usd: this.maxBudgetUsd },
      });
    }
    if (cost <= this.approvalOverUsd) return undefined;
    const message = `${said}; requireApprovalOverUsd is ${this.approvalOverUsd}`;
    return new ApprovalRequiredError(message, undefined, { code: "approval_required", details });
  }
}

type LimitName =
  | "maxBudgetPerRequestUsd"
  | "maxTokensPerRequest"
  | "requireApprovalOverUsd"
  | "rateLimitPerMinute";

function limit(config: SafetyConfig, name: LimitName): number {
  const value = config[name] ?? Number.POSITIVE_INFINITY;
  if (typeof value === "number" && value > 0) return value;
  throw new GatewayError("invalid-request", `safety.${name} is ${value}; it must be a number above 0`, {
    param: `safety.${name}`,
  });
}

function chosen({ blockedContentTypes = [], categories = {} }: SafetyConfig): Record<string, Category> {
  const known = { ...builtInCategories, ...categories };
  return Object.fromEntries(
    blockedContentTypes.map((name) => {
      const category = Object.hasOwn(known, name) ? known[name] : undefined;
      if (category !== undefined) return [name, category];
      const allowed = Object.keys(known).sort().join(", ");
      const message = `safety.blockedContentTypes names "${name}"; known: ${allowed}`;
      throw new GatewayError("invalid-request", message, { param: "safety.blockedContentTypes" });
    }),
  );
}
