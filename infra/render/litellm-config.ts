import { containerPorts, hosts, secretNames } from "../names.ts";
import type { Settings } from "../settings/parse.ts";
import { accessSettings } from "./access-settings.ts";
import { callbackNames, callbackVariables, s3Params } from "./callbacks.ts";
import { modelRow } from "./deployments.ts";
import { mcpServer, passThroughEndpoint, promptRow, searchTool } from "./extras.ts";
import { guardrailRow } from "./guardrails.ts";
import { routerSettings } from "./router-settings.ts";
import { safetyRow } from "./safety.ts";
import { fromEnvironment, unlessEmpty } from "./values.ts";
import { fillTemplate, template, type YamlPath } from "./yaml.ts";

type Values = readonly (readonly [YamlPath, unknown])[];

/** Tells the audit log what only LiteLLM knows of a request: cost, deployment, who asked. */
const auditCallback = "cerberus_gateway.audit.callback.audit_callback";

/** Holds all budgets: LiteLLM's own checks look back, or forget what is reserved when Redis is slow. */
const budgetCallback = "cerberus_gateway.budgets.callback.budget_callback";

/** Values of one section, by their keys. */
const section = (name: string, values: Readonly<Record<string, unknown>>): Values =>
  Object.entries(values).map(([key, value]) => [[name, key], value]);

/** Text of LiteLLM's config.yaml; the same settings give the same bytes. */
export function renderLitellmConfig(settings: Settings): string {
  const { audit, budget, cache, callbacks, database, healthChecks, safety } = settings;
  const ours = safety.enabled ? [safetyRow(safety)] : [];
  const cacheParams: YamlPath = ["litellm_settings", "cache_params"];
  const coordination: YamlPath = ["general_settings", "coordination_redis"];
  const mcpServers = Object.entries(settings.mcpServers).map(([name, server]) => [name, mcpServer(server)]);
  return fillTemplate(template("litellm/config.yaml"), [
    [["environment_variables"], unlessEmpty(callbackVariables(callbacks))],
    [["model_list"], settings.deployments.map(modelRow)],
    [["guardrails"], [...ours, ...settings.guardrails.map(guardrailRow)]],
    [["mcp_servers"], unlessEmpty(Object.fromEntries(mcpServers))],
    [["prompts"], unlessEmpty(settings.prompts.map(promptRow))],
    [["search_tools"], unlessEmpty(settings.searchTools.map(searchTool))],
    ...section("litellm_settings", {
      callbacks: [
        "prometheus",
        budgetCallback,
        ...(audit.enabled ? [auditCallback] : []),
        ...callbackNames(callbacks, "all"),
      ],
      success_callback: unlessEmpty(callbackNames(callbacks, "success")),
      failure_callback: unlessEmpty(callbackNames(callbacks, "failure")),
      s3_callback_params: s3Params(callbacks),
      cache: cache.enabled,
      max_budget: budget.maxUsd,
      budget_duration: budget.period,
      request_timeout: settings.requestTimeoutSeconds,
    }),
    ...accessSettings(settings),
    [[...cacheParams, "host"], hosts.redisCache],
    [[...cacheParams, "port"], containerPorts.redis],
    [[...cacheParams, "password"], fromEnvironment(secretNames.redisCachePassword)],
    [[...cacheParams, "namespace"], `cerberus-${settings.stackName}`],
    [[...cacheParams, "ttl"], settings.cacheTtlSeconds],
    [[...cacheParams, "mode"], cache.mode],
    [[...cacheParams, "supported_call_types"], cache.callTypes],
    ...section("router_settings", routerSettings(settings)),
    ...section("general_settings", {
      master_key: fromEnvironment(secretNames.masterKey),
      database_url: fromEnvironment(secretNames.databaseUrl),
      database_connection_pool_limit: database.connectionsPerReplica,
      background_health_checks: healthChecks.enabled,
      health_check_interval: healthChecks.intervalSeconds,
      pass_through_endpoints: unlessEmpty(settings.passThroughEndpoints.map(passThroughEndpoint)),
    }),
    [[...coordination, "host"], hosts.redisCoordination],
    [[...coordination, "port"], containerPorts.redis],
    [[...coordination, "password"], fromEnvironment(secretNames.redisCoordinationPassword)],
  ]);
}
