import { containerPorts, hosts, mountPaths } from "../names.ts";
import type { Settings } from "../settings/parse.ts";

/** The file's name, beside config.yaml. */
export const cerberusSettingsFile = "cerberus.json";

/** Where the audit writer's files are inside its container. */
export const auditFolder = "/var/log/cerberus";

/**
 * Text of cerberus.json, which everything of ours in Python reads (plugins/cerberus_gateway/settings.py).
 * The image and the digest of the configuration are not in it: a changed model is no reason to restart the audit writer.
 */
export function renderCerberusSettings(settings: Settings): string {
  const { audit, approvals } = settings;
  const value = {
    stack: settings.stackName,
    audit: audit.enabled
      ? {
          host: hosts.audit,
          port: containerPorts.audit,
          when_unavailable: audit.whenUnavailable,
          wait_seconds: audit.waitSeconds,
          content: audit.content,
        }
      : null,
    writer: {
      directory: auditFolder,
      rotate_mib: audit.rotateMib,
      rotate_days: 1,
      retention_days: audit.retentionDays,
      checkpoint_lines: 1000,
      checkpoint_seconds: 60,
      metrics_port: containerPorts.auditMetrics,
      front_door_port: containerPorts.auditFrontDoor,
    },
    approvals: approvals.enabled
      ? {
          ttl_seconds: approvals.pendingMinutes * 60,
          approved_ttl_seconds: approvals.approvedMinutes * 60,
          four_eyes: approvals.fourEyes,
          port: containerPorts.approvals,
          litellm_url: `http://${hosts.litellm}:${containerPorts.litellm}`,
          webhook: settings.approvalsWebhook,
          public_url: `http://127.0.0.1:${settings.ports.approvals}`,
        }
      : null,
    redis: { host: hosts.redisCoordination, port: containerPorts.redis },
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * Environment by which our Python finds itself and its settings.
 * @param name of this process in the audit log
 */
export const pluginEnv = (name: string, image: string, configHash: string): Record<string, string> => ({
  PYTHONPATH: mountPaths.config,
  CERBERUS_SETTINGS: `${mountPaths.config}/${cerberusSettingsFile}`,
  CERBERUS_REPLICA: name,
  CERBERUS_IMAGE: image,
  CERBERUS_CONFIG_HASH: configHash,
});
