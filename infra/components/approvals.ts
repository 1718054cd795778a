import * as pulumi from "@pulumi/pulumi";
import { containerPorts, hosts, mountPaths, tokens } from "../names.ts";
import { pluginEnv } from "../render/cerberus-settings.ts";
import { type FileSet, hashFiles } from "../render/files.ts";
import type { StackContext } from "./context.ts";
import { litellmUid, pluginHealth, withSecrets } from "./litellm-process.ts";
import { configFiles, type SecretFiles, secretFiles } from "./mounted-files.ts";
import type { Networks } from "./networks.ts";
import { type ResourceLimits, Service } from "./service.ts";

export interface ApprovalsArgs {
  readonly context: StackContext;
  readonly networks: Networks;
  readonly files: FileSet;
  readonly secrets: SecretFiles;
  readonly hmacKey: pulumi.Output<string>;
  readonly limits: ResourceLimits;
  /** Loopback port of the page and the API. */
  readonly port: number;
  /** Reaches an address outside: a webhook is set. */
  readonly callsOut: boolean;
}

/** Where people approve or deny requests that are too dear or too delicate to pass by themselves. */
export class Approvals extends pulumi.ComponentResource {
  readonly url: string;
  readonly service: Service;

  constructor(name: string, args: ApprovalsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.approvals, name, {}, opts);
    const { context, networks } = args;
    const shared = { context, service: hosts.approvals, image: "litellm" } as const;
    const child = { parent: this };
    this.url = `http://127.0.0.1:${args.port}`;
    this.service = new Service(
      name,
      {
        ...shared,
        uid: litellmUid,
        networks: [
          { network: networks.edge, aliases: [hosts.approvals] },
          { network: networks.app, aliases: [hosts.approvals] },
          { network: networks.data, aliases: [hosts.approvals] },
          ...(args.callsOut ? [{ network: networks.egress, aliases: [] }] : []),
        ],
        entrypoint: withSecrets(["python3", "-m", "cerberus_gateway.approvals.server"]),
        env: pluginEnv(hosts.approvals, context.image("litellm"), hashFiles(args.files)),
        config: configFiles(`${name}-config`, { ...shared, files: args.files }, child),
        secrets: secretFiles(
          `${name}-secrets`,
          { ...shared, files: args.secrets, hmacKey: args.hmacKey },
          child,
        ),
        tmpfsMib: { "/tmp": 16 },
        limits: args.limits,
        health: pluginHealth(containerPorts.approvals, mountPaths.config),
        stopSeconds: 30,
        publish: [{ host: args.port, container: containerPorts.approvals }],
      },
      child,
    );
    this.registerOutputs({ url: this.url });
  }
}
