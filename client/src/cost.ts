import type { ChatRequest } from "./chat.ts";
import { GatewayError } from "./errors.ts";
import { readOutput } from "./safety/output-tokens.ts";
import { survey } from "./safety/survey.ts";
import { type Entry, inputRate, outputRate, type Usage, usageOf, worstCost } from "./safety/worst-cost.ts";

/** The parts of a row of /model/info that a price is read from. */
export interface ModelRow {
  readonly model_name: string;
  readonly litellm_params?: Entry & { readonly max_tokens?: number | null };
  readonly model_info: Entry & { readonly max_output_tokens?: number | null };
}

export interface CostEstimate {
  /**
   * The input's tokens as the gateway counts them, and every output token that is granted, at the dearest deployment of the
   * model, in USD. What the request really costs is this or less, unless the gateway falls back to a dearer model.
   */
  readonly estimatedCostUsd: number;
  /**
   * The bound that the gateway's limits per request and approvals go by, in USD: bytes instead of tokens, so it is a few times
   * as high. Undefined where no bound can be given.
   */
  readonly worstCaseUsd: number | undefined;
  readonly inputTokens: number;
  /** All answers together, each at its full length. */
  readonly outputTokens: number;
}

/** Output tokens that LiteLLM reckons with where nobody names a limit (DEFAULT_MAX_TOKENS of its budget reservation). */
const fallbackMaxTokens = 16_384;

/** LiteLLM adds it to streams before the gateway reckons. */
const alwaysAdded = { include_usage: true };

/**
 * The deployments of a model.
 * @throws GatewayError of kind "not-found" when the key reaches no such model
 */
export function deploymentsOf(model: string, rows: readonly ModelRow[]): readonly ModelRow[] {
  const own = rows.filter(({ model_name }) => model_name === model);
  if (own.length > 0) return own;
  const known = [...new Set(rows.map(({ model_name }) => model_name))].sort().join(", ");
  throw new GatewayError("not-found", `no model is called "${model}"; this key may use: ${known}`, {
    param: "model",
  });
}

/**
 * The most a request can cost at any of the deployments, as the gateway reckons; undefined when one has no price or the request
 * uses a tool that the provider charges for.
 */
export function worstCaseUsd(request: ChatRequest, deployments: readonly ModelRow[]): number | undefined {
  const asked = request["stream"] === true ? { stream_options: alwaysAdded, ...request } : request;
  const seen = survey(asked);
  if (seen.hostedTool) return undefined;
  const usage = usageOf(asked, seen, readOutput(asked));
  const costs = deployments.map((row) => worstCost(entryOf(row), usage));
  return costs.some((cost) => cost === undefined) ? undefined : Math.max(...costs.map(Number));
}

/**
 * @param inputTokens as the gateway counts them
 * @throws GatewayError of kind "limit" and code "cost_unknown" for a model without a price
 */
export function estimate(
  request: ChatRequest,
  inputTokens: number,
  deployments: readonly ModelRow[],
): CostEstimate {
  const { tokens, answers } = readOutput(request);
  const costs = deployments.map((row) => {
    const granted = row.litellm_params?.max_tokens ?? row.model_info.max_output_tokens ?? fallbackMaxTokens;
    const outputTokens = tokens ?? granted * answers;
    const usage: Usage = { inputTokens, outputTokens };
    const [input, output] = [inputRate, outputRate].map((rate) => rate(entryOf(row), usage, inputTokens));
    if (input === undefined || output === undefined) throw unpriced(request.model);
    return { outputTokens, usd: inputTokens * input + outputTokens * output };
  });
  return {
    estimatedCostUsd: Math.max(...costs.map(({ usd }) => usd)),
    worstCaseUsd: worstCaseUsd(request, deployments),
    inputTokens,
    outputTokens: Math.max(...costs.map(({ outputTokens }) => outputTokens)),
  };
}

/** Prices and limits of a deployment; what its own row sets goes before what is known of the model. */
const entryOf = ({ model_info, litellm_params = {} }: ModelRow): Entry => ({
  ...model_info,
  ...Object.fromEntries(
    Object.entries(litellm_params).filter(([name, value]) => name.includes("_cost") && value !== null),
  ),
});

const unpriced = (model: string): GatewayError =>
  new GatewayError(
    "limit",
    `what a request to "${model}" costs can't be known: the gateway has no price for it`,
    {
      code: "cost_unknown",
      param: "model",
    },
  );
