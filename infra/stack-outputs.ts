import * as pulumi from "@pulumi/pulumi";
import { auditPublicKey } from "./audit-key.ts";
import type { Access } from "./components/access.ts";
import type { Approvals } from "./components/approvals.ts";
import type { AuditWriter } from "./components/audit-writer.ts";
import type { FrontDoor } from "./components/front-door.ts";
import type { Litellm } from "./components/litellm.ts";
import type { Presidio } from "./components/presidio.ts";
import type { Prometheus } from "./components/prometheus.ts";
import type { Secrets } from "./components/secrets.ts";
import { agentKeyAlias, engineName, hosts, replicaHost, uiUsername } from "./names.ts";
import type { StackOutputs } from "./outputs.ts";
import { publicNames } from "./settings/gateway.ts";
import type { Settings } from "./settings/parse.ts";
import { keyGenerations } from "./settings/rotated-keys.ts";

export type Outputs = { readonly [K in keyof StackOutputs]: pulumi.Input<StackOutputs[K]> };

/** What the outputs are told of. */
export interface StackParts {
  readonly settings: Settings;
  readonly dockerHost: string;
  readonly secrets: Secrets;
  readonly access: Access;
  readonly litellm: Litellm;
  readonly frontDoor: FrontDoor;
  readonly prometheus: Prometheus;
  readonly auditWriter: AuditWriter | undefined;
  readonly approvals: Approvals | undefined;
  readonly presidio: Presidio | undefined;
}

/** What a stack tells everything that comes after `up`. */
export function stackOutputs(parts: StackParts): Outputs {
  const { settings, secrets, access, litellm, frontDoor, prometheus, auditWriter, approvals, presidio } =
    parts;
  return {
    stackName: settings.stackName,
    profile: settings.profile,
    dockerHost: parts.dockerHost,
    urls: {
      api: frontDoor.url,
      ui: `${frontDoor.url}/ui/`,
      health: `${frontDoor.url}/health`,
      prometheus: prometheus.url,
      approvals: approvals?.url ?? null,
    },
    auditLog: auditWriter?.log ?? null,
    auditPublicKey: pulumi.unsecret(secrets.auditSigningKey.apply(auditPublicKey)),
    cerberusEnv: pulumi.secret(
      pulumi.output({
        CERBERUS_MODEL: `litellm/${settings.agent.model}`,
        LITELLM_BASE_URL: frontDoor.url,
        LITELLM_MASTER_KEY: secrets.agentKey,
        CERBERUS_PRICE_LIMIT: settings.agent.priceLimitUsd.toFixed(1),
        CERBERUS_MAX_ITERATIONS: String(settings.agent.maxIterations),
      }),
    ),
    masterKey: secrets.masterKey,
    uiLogin: pulumi.secret(pulumi.output({ username: uiUsername, password: secrets.uiPassword })),
    agentKeyAlias,
    access: access.defined,
    accessKeys: access.keys,
    models: publicNames(settings),
    demoModel: settings.demoModel,
    safety: settings.safety.enabled ? { blockedContentTypes: settings.safety.blockedContentTypes } : null,
    caches: settings.cache.enabled && settings.cache.mode === "default_on",
    rotation: { ...settings.rotation, keys: keyGenerations(settings) },
    replicas: settings.replicas,
    containers: [
      hosts.frontDoor,
      ...litellm.replicas.map((_, i) => replicaHost(i + 1)),
      hosts.postgres,
      hosts.redisCache,
      hosts.redisCoordination,
      hosts.prometheus,
      ...(auditWriter ? [hosts.audit] : []),
      ...(approvals ? [hosts.approvals] : []),
      ...(presidio ? [hosts.presidioAnalyzer, hosts.presidioAnonymizer] : []),
    ].map((service) => ({ service, name: engineName(settings.stackName, service) })),
  };
}
