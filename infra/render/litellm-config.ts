import { containerPorts, hosts, secretNames } from "../names.ts";
import type { Deployment } from "../settings/gateway.ts";
import type { Settings } from "../settings/parse.ts";
import { guardrailRow } from "./guardrails.ts";
import { safetyRow } from "./safety.ts";
import { fillTemplate, template } from "./yaml.ts";

/** LiteLLM's syntax for a value taken from the environment; rendered files name secrets and never hold them. */
const fromEnvironment = (name: string): string => `os.environ/${name}`;

/** Tells the audit log what only LiteLLM knows of a request: cost, deployment, who asked. */
const auditCallback = "cerberus_gateway.audit.callback.audit_callback";

/** Holds the budgets of the gateway and of providers; LiteLLM's own check of these only looks back. */
const budgetCallback = "cerberus_gateway.budgets.callback.budget_callback";

/** LiteLLM wants a list of one-entry maps. */
const asRows = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).map(([from, to]) => ({ [from]: to }));

/** Text of LiteLLM's config.yaml; the same settings give the same bytes. */
export function renderLitellmConfig(settings: Settings): string {
  const { audit, budget, fallbacks, routing, safety } = settings;
  const ours = safety.enabled ? [safetyRow(safety)] : [];
  return fillTemplate(template("litellm/config.yaml"), [
    [["model_list"], settings.deployments.map(modelRow)],
    [["guardrails"], [...ours, ...settings.guardrails.map(guardrailRow)]],
    [
      ["litellm_settings", "callbacks"],
      ["prometheus", budgetCallback, ...(audit.enabled ? [auditCallback] : [])],
    ],
    [["litellm_settings", "cache_params", "host"], hosts.redisCache],
    [["litellm_settings", "cache_params", "port"], containerPorts.redis],
    [["litellm_settings", "cache_params", "password"], fromEnvironment(secretNames.redisCachePassword)],
    [["litellm_settings", "cache_params", "namespace"], `cerberus-${settings.stackName}`],
    [["litellm_settings", "cache_params", "ttl"], settings.cacheTtlSeconds],
    [["litellm_settings", "max_budget"], budget.maxUsd],
    [["litellm_settings", "budget_duration"], budget.period],
    [["litellm_settings", "request_timeout"], settings.requestTimeoutSeconds],
    [["router_settings", "routing_strategy"], routing.strategy],
    [["router_settings", "num_retries"], routing.retries],
    [["router_settings", "allowed_fails"], routing.allowedFails],
    [["router_settings", "cooldown_time"], routing.cooldownSeconds],
    [["router_settings", "enable_pre_call_checks"], routing.checkContextWindow],
    [["router_settings", "model_group_alias"], settings.aliases],
    [["router_settings", "fallbacks"], asRows(fallbacks.general)],
    [["router_settings", "context_window_fallbacks"], asRows(fallbacks.contextWindow)],
    [["router_settings", "content_policy_fallbacks"], asRows(fallbacks.contentPolicy)],
    [["general_settings", "master_key"], fromEnvironment(secretNames.masterKey)],
    [["general_settings", "database_url"], fromEnvironment(secretNames.databaseUrl)],
    [["general_settings", "coordination_redis", "host"], hosts.redisCoordination],
    [["general_settings", "coordination_redis", "port"], containerPorts.redis],
    [
      ["general_settings", "coordination_redis", "password"],
      fromEnvironment(secretNames.redisCoordinationPassword),
    ],
  ]);
}

function modelRow({
  name,
  id,
  litellmModel,
  definition,
  secretParams,
  plainParams,
}: Deployment): Record<string, unknown> {
  const { price, budget, mode } = definition;
  const secrets = Object.entries(secretParams).map(([param, variable]) => [param, fromEnvironment(variable)]);
  const generates = mode === "chat" || mode === "completion" || mode === "responses";
  return {
    model_name: name,
    litellm_params: {
      model: litellmModel,
      ...Object.fromEntries(secrets),
      ...plainParams,
      ...given({
        max_tokens: generates ? definition.defaultMaxTokens : undefined,
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
      }),
    },
    model_info: given({
      id,
      mode: mode === "chat" ? undefined : mode,
      base_model: definition.provider === "azure" ? definition.baseModel : undefined,
    }),
  };
}

const given = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
