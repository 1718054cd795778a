import { containerPorts, hosts, secretNames } from "../names.ts";
import type { Deployment } from "../settings/models.ts";
import type { Settings } from "../settings/parse.ts";
import { fillTemplate, template } from "./yaml.ts";

/** LiteLLM's syntax for a value taken from the environment; rendered files name secrets and never hold them. */
const fromEnvironment = (name: string): string => `os.environ/${name}`;

/** Text of LiteLLM's config.yaml; the same settings give the same bytes. */
export function renderLitellmConfig(settings: Settings): string {
  const { budget } = settings;
  return fillTemplate(template("litellm/config.yaml"), [
    [["model_list"], settings.deployments.map(modelRow)],
    [["litellm_settings", "cache_params", "host"], hosts.redisCache],
    [["litellm_settings", "cache_params", "port"], containerPorts.redis],
    [["litellm_settings", "cache_params", "password"], fromEnvironment(secretNames.redisCachePassword)],
    [["litellm_settings", "cache_params", "namespace"], `cerberus-${settings.stackName}`],
    [["litellm_settings", "cache_params", "ttl"], settings.cacheTtlSeconds],
    [["litellm_settings", "max_budget"], budget.maxUsd],
    [["litellm_settings", "budget_duration"], budget.period],
    [["litellm_settings", "request_timeout"], settings.requestTimeoutSeconds],
    [
      ["router_settings", "fallbacks"],
      Object.entries(settings.fallbacks).map(([from, to]) => ({ [from]: to })),
    ],
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

function modelRow(deployment: Deployment): Record<string, unknown> {
  const { apiKeyVariable, apiBase, price, mockAnswer } = deployment;
  return {
    model_name: deployment.name,
    litellm_params: {
      model: deployment.litellmModel,
      ...(apiKeyVariable ? { api_key: fromEnvironment(apiKeyVariable) } : {}),
      ...(apiBase ? { api_base: apiBase } : {}),
      max_tokens: deployment.defaultMaxTokens,
      ...(price
        ? { input_cost_per_token: price.inputUsdPerToken, output_cost_per_token: price.outputUsdPerToken }
        : {}),
      // LiteLLM asks for a key before it looks at mock_response; this one opens nothing.
      ...(mockAnswer === undefined ? {} : { mock_response: mockAnswer, api_key: "none-needed" }),
    },
    model_info: { id: deployment.id },
  };
}
