import type * as pulumi from "@pulumi/pulumi";
import { mountPaths } from "../names.ts";
import { pluginEnv } from "../render/cerberus-settings.ts";
import { type FileSet, hashFiles } from "../render/files.ts";
import type { StackContext } from "./context.ts";
import { pluginHealth, withSecrets } from "./litellm-process.ts";
import { configFiles, type MountedFiles, type SecretFiles, secretFiles } from "./mounted-files.ts";
import type { Networks } from "./networks.ts";
import type { ResourceLimits, ServiceArgs } from "./service.ts";

export interface PluginServiceArgs {
  readonly context: StackContext;
  readonly networks: Networks;
  readonly files: FileSet;
  readonly plugins: MountedFiles;
  readonly secrets: SecretFiles;
  readonly hmacKey: pulumi.Output<string>;
  readonly limits: ResourceLimits;
}

/**
 * What a service of our own Python in the LiteLLM image has in common with the others.
 * @param host its name on the stack's networks and in the audit log
 * @param module what Python runs
 * @param healthPort where it answers /healthz
 */
export function pluginService(
  name: string,
  host: string,
  module: string,
  healthPort: number,
  { context, files, plugins, secrets, hmacKey, limits }: PluginServiceArgs,
  child: pulumi.ComponentResourceOptions,
) {
  const shared = { context, service: host, image: "litellm" } as const;
  return {
    ...shared,
    entrypoint: withSecrets(["python3", "-m", module]),
    env: pluginEnv(host, context.image("litellm"), hashFiles(files)),
    config: configFiles(`${name}-config`, { ...shared, files }, child),
    plugins,
    secrets: secretFiles(`${name}-secrets`, { ...shared, files: secrets, hmacKey }, child),
    tmpfsMib: { "/tmp": 16 },
    limits,
    health: pluginHealth(healthPort, mountPaths.config),
    stopSeconds: 30,
  } satisfies Partial<ServiceArgs>;
}
