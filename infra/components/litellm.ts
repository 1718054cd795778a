import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { containerPorts, hosts, mountPaths, replicaHost, tokens } from "../names.ts";
import { pluginEnv } from "../render/cerberus-settings.ts";
import { type FileSet, hashFiles } from "../render/files.ts";
import type { StackContext } from "./context.ts";
import { litellmEnv, litellmUid, withSecrets } from "./litellm-process.ts";
import { configFiles, type MountedFiles, type SecretFiles, secretFiles } from "./mounted-files.ts";
import type { Networks } from "./networks.ts";
import { type ResourceLimits, Service } from "./service.ts";

export interface LitellmArgs {
  readonly context: StackContext;
  readonly networks: Networks;
  readonly files: FileSet;
  readonly plugins: MountedFiles;
  readonly secrets: SecretFiles;
  readonly hmacKey: pulumi.Output<string>;
  readonly replicas: number;
  readonly limits: ResourceLimits;
  /** Longest request, in seconds: a stopping replica finishes it. */
  readonly requestTimeoutSeconds: number;
}

/** The LiteLLM replicas: one process per container, one replaced after the other. */
export class Litellm extends pulumi.ComponentResource {
  readonly replicas: readonly Service[];

  constructor(name: string, args: LitellmArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.litellm, name, {}, opts);
    const { context, networks } = args;
    const child = { parent: this };
    const shared = { context, service: hosts.litellm, image: "litellm" } as const;
    const config = configFiles(`${name}-config`, { ...shared, files: args.files }, child);
    const secrets = secretFiles(
      `${name}-secrets`,
      { ...shared, files: args.secrets, hmacKey: args.hmacKey },
      child,
    );
    const configHash = hashFiles(args.files);
    const replicas: Service[] = [];
    for (let n = 1; n <= args.replicas; n++) {
      const own = replicaHost(n);
      const on = (network: docker.Network, ...aliases: string[]) => ({ network, aliases });
      const former: pulumi.Resource[] = replicas.slice(-1).map((service) => service.ready);
      replicas.push(
        new Service(
          `${name}-${n}`,
          {
            ...shared,
            service: own,
            uid: litellmUid,
            // The engine's default route follows the first network by name; only egress leads outside.
            networks: [on(networks.app, hosts.litellm, own), on(networks.data), on(networks.egress)],
            entrypoint: withSecrets([
              "python3",
              "-m",
              "cerberus_gateway.proxy",
              "--config",
              `${mountPaths.config}/config.yaml`,
              "--host",
              "0.0.0.0",
              "--port",
              String(containerPorts.litellm),
            ]),
            env: litellmEnv(pluginEnv(own, context.image("litellm"), configHash)),
            config,
            plugins: args.plugins,
            secrets,
            tmpfsMib: { "/tmp": 256 },
            limits: args.limits,
            health: {
              command: ["python3", "-S", `${mountPaths.config}/healthcheck.py`],
              intervalSeconds: 5,
              timeoutSeconds: 10,
              startPeriodSeconds: 120,
            },
            stopSeconds: args.requestTimeoutSeconds + 20,
          },
          { parent: this, dependsOn: former },
        ),
      );
    }
    this.replicas = replicas;
    this.registerOutputs({});
  }
}
