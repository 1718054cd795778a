import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { engineName, mountPaths, tokens } from "../names.ts";
import type { FileSet } from "../render/files.ts";
import { type StackContext, stackLabels } from "./context.ts";
import { configFiles, secretFiles } from "./mounted-files.ts";
import { type ResourceLimits, Service } from "./service.ts";

export interface RedisArgs {
  readonly context: StackContext;
  /** Host name on the data network. */
  readonly host: string;
  readonly network: docker.Network;
  readonly files: FileSet;
  readonly password: pulumi.Output<string>;
  readonly hmacKey: pulumi.Output<string>;
  /** Keeps its data in a volume of its own. */
  readonly persistent: boolean;
  readonly limits: ResourceLimits;
}

/** One Redis with a password; used twice, since a cache may evict and coordination must not. */
export class Redis extends pulumi.ComponentResource {
  readonly service: Service;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.redis, name, {}, opts);
    const { context, host } = args;
    const shared = { context, service: host, image: "redis" } as const;
    const child = { parent: this };
    const data = args.persistent
      ? new docker.Volume(
          `${name}-data`,
          {
            name: engineName(context.stackName, `${host}-data`),
            labels: stackLabels(context.stackName, host),
          },
          { ...child, protect: context.protectData, ignoreChanges: ["labels"] },
        )
      : undefined;
    this.service = new Service(
      name,
      {
        ...shared,
        uid: 999,
        networks: [{ network: args.network, aliases: [host] }],
        entrypoint: ["redis-server", `${mountPaths.config}/redis.conf`],
        config: configFiles(`${name}-config`, { ...shared, files: args.files }, child),
        secrets: secretFiles(
          `${name}-secrets`,
          {
            ...shared,
            // redis.conf includes the first; health checks and operators read the second.
            files: {
              "auth.conf": pulumi.interpolate`requirepass ${args.password}\n`,
              password: args.password,
            },
            hmacKey: args.hmacKey,
          },
          child,
        ),
        ...(data ? { data: { volume: data, path: "/data" } } : {}),
        tmpfsMib: data ? { "/tmp": 16 } : { "/tmp": 16, "/data": 16 },
        limits: args.limits,
        health: {
          command: [
            "sh",
            "-c",
            `REDISCLI_AUTH=$(cat ${mountPaths.secrets}/password) redis-cli ping | grep -q PONG`,
          ],
          intervalSeconds: 5,
          timeoutSeconds: 5,
          startPeriodSeconds: 30,
        },
        stopSeconds: 30,
      },
      child,
    );
    this.registerOutputs({});
  }
}
