import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ContainerCommand } from "../credentials/container-command.ts";
import { databaseOwner, loginRole, loginSql, psql, retireSql } from "../credentials/database-login.ts";
import { containerPorts, engineName, hosts, mountPaths, tokens } from "../names.ts";
import type { FileSet } from "../render/files.ts";
import { type StackContext, stackLabels } from "./context.ts";
import { configFiles, secretFiles } from "./mounted-files.ts";
import { type ResourceLimits, Service } from "./service.ts";

export interface PostgresArgs {
  readonly context: StackContext;
  readonly network: docker.Network;
  readonly files: FileSet;
  /** Password the owner is made with. */
  readonly password: pulumi.Output<string>;
  /** Login that is in use, from its generation. */
  readonly login: { readonly generation: number; readonly password: pulumi.Output<string> };
  readonly hmacKey: pulumi.Output<string>;
  readonly limits: ResourceLimits;
}

const database = { user: databaseOwner, name: databaseOwner };
const dataPath = "/var/lib/postgresql/data";

/** PostgreSQL with one database for LiteLLM: keys, teams, budgets, spend. */
export class Postgres extends pulumi.ComponentResource {
  /** Connection URL on the data network. Secret. */
  readonly url: pulumi.Output<string>;
  readonly service: Service;
  /** What users of the database wait for: it runs, and their login is valid. */
  readonly ready: pulumi.Resource;
  private readonly args: PostgresArgs;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.postgres, name, {}, opts);
    this.args = args;
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
    const { generation, password } = args.login;
    this.ready = this.command(`${name}-login`, "give the database login its password", loginSql, [
      this.service.ready,
    ]);
    this.url = pulumi.interpolate`postgresql://${loginRole(generation)}:${password}@${hosts.postgres}:${containerPorts.postgres}/${database.name}`;
    this.registerOutputs({});
  }

  /** Ends the logins of all other generations, once nobody uses them any more. */
  retireOthers(users: readonly pulumi.Resource[]): pulumi.Resource {
    return this.command("postgres-retire", "end former database logins", retireSql, users);
  }

  private command(
    name: string,
    what: string,
    sql: (generation: number, password: string) => string,
    dependsOn: readonly pulumi.Resource[],
  ): ContainerCommand {
    const { context, login } = this.args;
    const stdin = login.password.apply((password) => sql(login.generation, password));
    const containerId = this.service.container.id;
    return new ContainerCommand(
      name,
      { context, what, containerId, command: psql, stdin },
      { parent: this, dependsOn: [...dependsOn] },
    );
  }
}
