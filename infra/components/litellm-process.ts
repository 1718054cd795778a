import { mountPaths, uiUsername } from "../names.ts";
import type { HealthCheck } from "./service.ts";

/** User of the LiteLLM containers; the group is 0, which may read the mounted files. */
export const litellmUid = 10001;

/** Command line in a LiteLLM container: our shim turns secret files into the command's environment and becomes it. */
export const withSecrets = (command: readonly string[]): readonly string[] => [
  "python3",
  `${mountPaths.config}/entrypoint.py`,
  ...command,
];

/** Health of a service of ours in a LiteLLM container. */
export const pluginHealth = (port: number, folder: string): HealthCheck => ({
  command: ["python3", "-S", `${folder}/healthcheck.py`, String(port), "/healthz"],
  intervalSeconds: 5,
  timeoutSeconds: 10,
  startPeriodSeconds: 60,
});

/**
 * LiteLLM's non-secret environment (shared/litellm-facts.md §2).
 * Everything it would fetch on its own is off: what runs is what the image holds.
 */
export const litellmEnv = (extra: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  LITELLM_MODE: "PRODUCTION",
  LITELLM_LOG: "WARNING",
  JSON_LOGS: "true",
  LITELLM_LOCAL_MODEL_COST_MAP: "True",
  LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS: "True",
  LITELLM_LOCAL_BLOG_POSTS: "True",
  LITELLM_LOCAL_POLICY_TEMPLATES: "True",
  LITELLM_LOCAL_AUTOROUTER_PRESETS: "True",
  LITELLM_MIGRATION_DIR: "/tmp/migrations",
  PRISMA_OFFLINE_MODE: "true",
  NO_DOCS: "True",
  NO_REDOC: "True",
  NO_OPENAPI: "True",
  DISABLE_SCHEMA_UPDATE: "true",
  UI_USERNAME: uiUsername,
  // Seconds between looks for budgets whose period has ended; LiteLLM's own default is ten minutes.
  PROXY_BUDGET_RESCHEDULER_MIN_TIME: "25",
  PROXY_BUDGET_RESCHEDULER_MAX_TIME: "35",
  // Seconds after which a Redis that failed is asked again; LiteLLM's own default is a minute, in which all is refused.
  REDIS_CIRCUIT_BREAKER_RECOVERY_TIMEOUT: "5",
  // LiteLLM's own default is 0.1 s.
  REDIS_SOCKET_TIMEOUT: "1",
  // Above the front door's idle time, so that it is never the one to close.
  KEEPALIVE_TIMEOUT: "75",
  HOME: "/tmp",
  PYTHONDONTWRITEBYTECODE: "1",
  ...extra,
});
