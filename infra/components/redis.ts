import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ContainerCommand } from "../credentials/container-command.ts";
import { admitCommand, authConf, redisCommands, retireCommand } from "../credentials/redis-login.ts";
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
  /** Of the user with which the container's own commands change that password. */
  readonly operatorPassword: pulumi.Output<string>;
  readonly hmacKey: pulumi.Output<string>;
  /** Keeps its data in a volume of its own. */
  readonly persistent: boolean;
  readonly limits: ResourceLimits;
}

/** One Redis with a password; used twice, since a cache may evict and coordination must not. */
export class Redis extends pulumi.ComponentResource {
  readonly service: Service;
  /** What its users wait for: it runs, and their password is valid. */
  readonly ready: pulumi.Resource;
  private readonly name: string;
  private readonly args: RedisArgs;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.redis, name, {}, opts);
    this.name = name;
    this.args = args;
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
    const secrets = secretFiles(
      `${name}-secrets`,
      {
        ...shared,
        // redis.conf includes the first; health checks and operators read the others.
        files: {
          "auth.conf": pulumi
            .all([args.password, args.operatorPassword])
            .apply(([password, operator]) => authConf(password, operator)),
          password: args.password,
          "operator-password": args.operatorPassword,
        },
        // A new password is told to the running Redis: a restart would fail the requests that count on it.
        inPlace: true,
        hmacKey: args.hmacKey,
      },
      child,
    );
    this.service = new Service(
      name,
      {
        ...shared,
        uid: 999,
        networks: [{ network: args.network, aliases: [host] }],
        entrypoint: ["redis-server", `${mountPaths.config}/redis.conf`],
        config: configFiles(`${name}-config`, { ...shared, files: args.files }, child),
        secrets,
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
    this.ready = this.command(`${name}-admit`, `admit the password to ${host}`, admitCommand, [
      this.service.ready,
      secrets.writer,
    ]);
    this.registerOutputs({});
  }

  /** Ends the former password, once nobody uses it any more. */
  retireOthers(users: readonly pulumi.Resource[]): pulumi.Resource {
    const what = `end the former password of ${this.args.host}`;
    return this.command(`${this.name}-retire`, what, retireCommand, users);
  }

  private command(
    name: string,
    what: string,
    line: (password: string) => string,
    dependsOn: readonly pulumi.Resource[],
  ): ContainerCommand {
    const { context, password } = this.args;
    const containerId = this.service.container.id;
    return new ContainerCommand(
      name,
      { context, what, containerId, command: redisCommands, stdin: password.apply(line) },
      { parent: this, dependsOn: [...dependsOn] },
    );
  }
}
