import type { Deployment } from "../settings/gateway.ts";
import { providerOf } from "../settings/gateway.ts";
import { fromEnvironment, given } from "./values.ts";

/** Kinds of calls whose answers are made of tokens. */
const generates: ReadonlySet<string> = new Set(["chat", "completion", "responses"]);

/** One row of LiteLLM's `model_list`. */
export function modelRow(deployment: Deployment): Record<string, unknown> {
  const { name, id, litellmModel, definition, secretParams, plainParams } = deployment;
  const { price, budget, mode, healthModel } = definition;
  const params: Record<string, unknown> = { model: litellmModel };
  for (const param in secretParams) params[param] = fromEnvironment(secretParams[param] ?? "");
  return {
    model_name: name,
    litellm_params: given({
      ...params,
      ...plainParams,
      max_tokens: generates.has(mode) ? definition.defaultMaxTokens : undefined,
      input_cost_per_token: price?.inputUsdPerToken,
      output_cost_per_token: price?.outputUsdPerToken,
      rpm: definition.requestsPerMinute,
      tpm: definition.tokensPerMinute,
      max_parallel_requests: definition.maxParallelRequests,
      weight: definition.weight,
      order: definition.order,
      timeout: definition.timeoutSeconds,
      max_budget: budget?.maxUsd,
      budget_duration: budget?.period,
      tags: definition.tags,
    }),
    model_info: given({
      id,
      mode: mode === "chat" ? undefined : mode,
      base_model: definition.baseModel,
      access_groups: definition.accessGroups,
      health_check_model: healthModel === undefined ? undefined : `${providerOf(deployment)}/${healthModel}`,
      disable_background_health_check: definition.healthCheck ? undefined : true,
    }),
  };
}
