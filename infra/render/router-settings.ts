import type { Settings } from "../settings/parse.ts";
import { given, unlessEmpty } from "./values.ts";

/** LiteLLM wants a list of one-entry maps. */
const asRows = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).map(([from, to]) => ({ [from]: to }));

/** LiteLLM's names of the errors (litellm/types/router.py, RetryPolicy). */
const retryNames = {
  badRequest: "BadRequestErrorRetries",
  authentication: "AuthenticationErrorRetries",
  timeout: "TimeoutErrorRetries",
  rateLimit: "RateLimitErrorRetries",
  contentPolicy: "ContentPolicyViolationErrorRetries",
  notFound: "NotFoundErrorRetries",
  internalServer: "InternalServerErrorRetries",
  serviceUnavailable: "ServiceUnavailableErrorRetries",
} as const satisfies Record<keyof Settings["routing"]["retriesPerError"], string>;

/** Values of LiteLLM's `router_settings`; undefined ones have no place in the file. */
export function routerSettings(settings: Settings): Record<string, unknown> {
  const { aliases, fallbacks, providerBudgets, routing } = settings;
  const retries = Object.entries(retryNames).map(([ours, name]) => [
    name,
    routing.retriesPerError[ours as keyof typeof retryNames],
  ]);
  const budgets = Object.entries(providerBudgets).map(([provider, { maxUsd, period }]) => [
    provider,
    { budget_limit: maxUsd, time_period: period },
  ]);
  return {
    routing_strategy: routing.strategy,
    num_retries: routing.retries,
    retry_policy: unlessEmpty(given(Object.fromEntries(retries))),
    allowed_fails: routing.allowedFails,
    cooldown_time: routing.cooldownSeconds,
    enable_pre_call_checks: routing.checkContextWindow,
    optional_pre_call_checks: routing.enforceRateLimits ? ["enforce_model_rate_limits"] : undefined,
    enable_tag_filtering: routing.byTags,
    provider_budget_config: unlessEmpty(Object.fromEntries(budgets)),
    model_group_alias: aliases,
    fallbacks: asRows(fallbacks.general),
    context_window_fallbacks: asRows(fallbacks.contextWindow),
    content_policy_fallbacks: asRows(fallbacks.contentPolicy),
  };
}
