import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { containerPorts, engineName, hosts, mountPaths, tokens } from "../names.ts";
import type { FileSet } from "../render/files.ts";
import { type StackContext, stackLabels } from "./context.ts";
import { configFiles, secretFiles } from "./mounted-files.ts";
import { type ResourceLimits, Service } from "./service.ts";

export interface PostgresArgs {
  readonly context: StackContext;
  readonly network: docker.Network;
  readonly files: FileSet;
  readonly password: pulumi.Output<string>;
  readonly hmacKey: pulumi.Output<string>;
  readonly limits: ResourceLimits;
}

const database = { user: "litellm", name: "litellm" };
const dataPath = "/var/lib/postgresql/data";

/** PostgreSQL with one database for LiteLLM: keys, teams, budgets, spend. */
export class Postgres extends pulumi.ComponentResource {
  /** Connection URL on the data network. Secret. */
  readonly url: pulumi.Output<string>;
  readonly service: Service;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.postgres, name, {}, opts);
    const { context } = args;
    const shared = { context, service: hosts.postgres, image: "postgres" } as const;
    const child = { parent: this };
    const data = new docker.Volume(
      `${name}-data`,
      {
        name: engineName(context.stackName, "postgres-data"),
        labels: stackLabels(context.stackName, hosts.postgres),
      },
      { ...child, protect: context.protectData, ignoreChanges: ["labels"] },
    );
    this.service = new Service(
      name,
      {
        ...shared,
        uid: 999,
        networks: [{ network: args.network, aliases: [hosts.postgres] }],
        command: ["postgres", "-c", `config_file=${mountPaths.config}/postgresql.conf`],
        env: {
          PGDATA: `${dataPath}/pgdata`,
          POSTGRES_USER: database.user,
          POSTGRES_DB: database.name,
          POSTGRES_PASSWORD_FILE: `${mountPaths.secrets}/password`,
          POSTGRES_INITDB_ARGS: "--auth-host=scram-sha-256 --data-checksums",
        },
        config: configFiles(`${name}-config`, { ...shared, files: args.files }, child),
        secrets: secretFiles(
          `${name}-secrets`,
          { ...shared, files: { password: args.password }, hmacKey: args.hmacKey },
          child,
        ),
        data: { volume: data, path: dataPath },
        tmpfsMib: { "/tmp": 64, "/var/run/postgresql": 8 },
        limits: args.limits,
        health: {
          command: ["pg_isready", "-q", "-h", "127.0.0.1", "-U", database.user, "-d", database.name],
          intervalSeconds: 5,
          timeoutSeconds: 5,
          startPeriodSeconds: 60,
        },
        // SIGINT: a fast shutdown, which ends sessions and writes a checkpoint.
        stopSignal: "SIGINT",
        stopSeconds: 120,
      },
      child,
    );
    this.url = pulumi.interpolate`postgresql://${database.user}:${args.password}@${hosts.postgres}:${containerPorts.postgres}/${database.name}`;
    this.registerOutputs({});
  }
}
