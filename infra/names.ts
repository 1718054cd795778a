/** Every name that more than one file must agree on. */

export const projectName = "cerberus-gateway";

/** Type tokens of the component resources; changing one replaces what hangs under it. */
export const tokens = {
  stack: "cerberus:gateway:Stack",
  images: "cerberus:gateway:Images",
  networks: "cerberus:gateway:Networks",
  secrets: "cerberus:gateway:Secrets",
  files: "cerberus:gateway:MountedFiles",
  service: "cerberus:gateway:Service",
  postgres: "cerberus:gateway:Postgres",
  redis: "cerberus:gateway:Redis",
  migration: "cerberus:gateway:Migration",
  litellm: "cerberus:gateway:LiteLLM",
  frontDoor: "cerberus:gateway:FrontDoor",
  prometheus: "cerberus:gateway:Prometheus",
  auditWriter: "cerberus:gateway:AuditWriter",
  approvals: "cerberus:gateway:Approvals",
  presidio: "cerberus:gateway:Presidio",
  access: "cerberus:gateway:Access",
} as const;

/** Names on the stack's own networks; the same in every stack, so rendered files need no stack name. */
export const hosts = {
  postgres: "postgres",
  redisCache: "redis-cache",
  redisCoordination: "redis-coordination",
  litellm: "litellm",
  frontDoor: "frontdoor",
  prometheus: "prometheus",
  audit: "audit",
  approvals: "approvals",
  presidioAnalyzer: "presidio-analyzer",
  presidioAnonymizer: "presidio-anonymizer",
} as const;

/** Name of replica `n` (from 1) on the app network, and the middle of its container's name. */
export const replicaHost = (n: number): string => `${hosts.litellm}-${n}`;

/** Ports inside the containers. */
export const containerPorts = {
  gateway: 4000,
  frontDoorInternal: 8404,
  litellm: 4000,
  postgres: 5432,
  redis: 6379,
  prometheus: 9090,
  audit: 4700,
  auditMetrics: 4701,
  auditFrontDoor: 4702,
  approvals: 4600,
  presidio: 3000,
} as const;

/** Where mounted files appear in every container; our Python package beside the configuration, where LiteLLM looks for it. */
export const mountPaths = {
  config: "/etc/cerberus",
  plugins: "/etc/cerberus/cerberus_gateway",
  secrets: "/run/secrets",
} as const;

/** Secrets that LiteLLM reads by name (`os.environ/NAME` in config.yaml); one file each under mountPaths.secrets. */
export const secretNames = {
  masterKey: "LITELLM_MASTER_KEY",
  saltKey: "LITELLM_SALT_KEY",
  databaseUrl: "DATABASE_URL",
  redisCachePassword: "REDIS_CACHE_PASSWORD",
  redisCoordinationPassword: "REDIS_COORDINATION_PASSWORD",
  uiPassword: "UI_PASSWORD",
} as const;

/** Secrets that our own Python reads (plugins/), one file each in the same way. */
export const pluginSecretNames = {
  auditToken: "AUDIT_TOKEN",
  auditSigningKey: "AUDIT_SIGNING_KEY",
  auditSalt: "AUDIT_SALT",
  approvalsSessionKey: "APPROVALS_SESSION_KEY",
  approvalsWebhookUrl: "APPROVALS_WEBHOOK_URL",
} as const;

/** Login name of the admin UI. */
export const uiUsername = "cerberus-admin";

/** Alias of the limited virtual key that agents use. */
export const agentKeyAlias = "cerberus-agent";
/** What `npm run rotate -- key` calls it, beside the ids of defined keys. */
export const agentKeyId = "agent";

/** Labels on everything a stack makes. */
export const labelKeys = {
  stack: "dev.cerberus-gateway.stack",
  service: "dev.cerberus-gateway.service",
  configHash: "dev.cerberus-gateway.config-hash",
} as const;

/** Name of a stack's container, volume or network on the engine. */
export const engineName = (stack: string, service: string): string => `${stack}-${service}`;
