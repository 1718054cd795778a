import type { ChatRequest } from "./chat.ts";
import { GatewayError } from "./errors.ts";

/** The parts of a row of /model/info that a price is read from. */
export interface ModelRow {
  readonly model_name: string;
  readonly litellm_params?: { readonly max_tokens?: number | null };
  readonly model_info: {
    readonly input_cost_per_token?: number | null;
    readonly output_cost_per_token?: number | null;
    readonly max_output_tokens?: number | null;
  };
}

/** What one token costs, in USD, and how many a deployment grants. */
export interface Price {
  readonly inputUsdPerToken: number;
  readonly outputUsdPerToken: number;
  /** Output tokens when the client names no limit. */
  readonly defaultMaxTokens: number;
}

export interface CostEstimate {
  /** Worst case, in USD. */
  readonly estimatedCostUsd: number;
  readonly inputTokens: number;
  /** All choices together, each at its full length. */
  readonly outputTokens: number;
  readonly price: Price;
}

/** Output tokens that LiteLLM reckons with where nobody names a limit (DEFAULT_MAX_TOKENS of its budget reservation). */
const fallbackMaxTokens = 16_384;

/**
 * The dearest of a model group's deployments: which of them will answer is the gateway's to choose.
 * @throws GatewayError of kind "not-found" when the key reaches no such model
 */
export function dearestPrice(model: string, rows: readonly ModelRow[]): Price {
  const own = rows.filter(({ model_name }) => model_name === model);
  if (own.length === 0) {
    const known = [...new Set(rows.map(({ model_name }) => model_name))].sort().join(", ");
    throw new GatewayError("not-found", `no model is called "${model}"; this key may use: ${known}`, {
      param: "model",
    });
  }
  const most = (pick: (row: ModelRow) => number) => Math.max(...own.map(pick));
  return {
    inputUsdPerToken: most(({ model_info }) => model_info.input_cost_per_token ?? 0),
    outputUsdPerToken: most(({ model_info }) => model_info.output_cost_per_token ?? 0),
    defaultMaxTokens: most(
      ({ litellm_params, model_info }) =>
        litellm_params?.max_tokens ?? model_info.max_output_tokens ?? fallbackMaxTokens,
    ),
  };
}

/** Input plus every output token that the request, the client's cap or the deployment allows. */
export function worstCase(
  request: Pick<ChatRequest, "max_tokens" | "max_completion_tokens" | "n">,
  inputTokens: number,
  price: Price,
  capTokens: number,
): CostEstimate {
  const granted =
    request.max_completion_tokens ?? request.max_tokens ?? Math.min(price.defaultMaxTokens, capTokens);
  const outputTokens = granted * (request.n ?? 1);
  return {
    estimatedCostUsd: inputTokens * price.inputUsdPerToken + outputTokens * price.outputUsdPerToken,
    inputTokens,
    outputTokens,
    price,
  };
}
