import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { engineName, mountPaths, tokens } from "../names.ts";
import { type FileSet, hashFiles } from "../render/files.ts";
import { envList, type StackContext, stackLabels } from "./context.ts";
import { litellmEnv, litellmUid, withSecrets } from "./litellm-process.ts";
import { configFiles, type SecretFiles, secretFiles } from "./mounted-files.ts";

export interface MigrationArgs {
  readonly context: StackContext;
  readonly network: docker.Network;
  readonly files: FileSet;
  readonly secrets: SecretFiles;
  readonly hmacKey: pulumi.Output<string>;
  readonly memoryMib: number;
}

/**
 * Brings the database's schema to the image's version: one run per image, before any server starts.
 * The servers themselves never touch the schema.
 */
export class Migration extends pulumi.ComponentResource {
  /** Replicas depend on this; it fails when the migration failed. */
  readonly done: pulumi.Output<number>;
  readonly job: docker.Container;

  constructor(name: string, args: MigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.migration, name, {}, opts);
    const { context } = args;
    const child = { parent: this };
    const shared = { context, service: "migration", image: "litellm" } as const;
    const config = configFiles(`${name}-config`, { ...shared, files: args.files }, child);
    const secrets = secretFiles(
      `${name}-secrets`,
      { ...shared, files: args.secrets, hmacKey: args.hmacKey },
      child,
    );
    const containerName = engineName(context.stackName, "migration");
    this.job = new docker.Container(
      `${name}-job`,
      {
        name: containerName,
        image: context.image("litellm"),
        user: `${litellmUid}:0`,
        entrypoints: [...withSecrets(["litellm", "--skip_server_startup"])],
        envs: envList(litellmEnv({ DISABLE_SCHEMA_UPDATE: "false" })),
        labels: [
          ...stackLabels(context.stackName, "migration"),
          // Another image or another script is another run.
          {
            label: "dev.cerberus-gateway.run-key",
            value: `${context.image("litellm")} ${hashFiles(args.files)}`,
          },
        ],
        volumes: [
          { volumeName: config.volumeName, containerPath: mountPaths.config, readOnly: true },
          { volumeName: secrets.volumeName, containerPath: mountPaths.secrets, readOnly: true },
        ],
        tmpfs: { "/tmp": "rw,nosuid,nodev,noexec,size=256m,mode=1777" },
        networksAdvanced: [{ name: args.network.name }],
        readOnly: true,
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges:true"],
        init: true,
        memory: args.memoryMib,
        memorySwap: args.memoryMib,
        logDriver: "json-file",
        logOpts: { "max-file": "3", "max-size": "10m" },
        // A job: waited for, allowed to end, kept so that its log can be read.
        attach: true,
        mustRun: false,
        rm: false,
        restart: "on-failure",
        maxRetryCount: 3,
        destroyGraceSeconds: 60,
      },
      {
        parent: this,
        dependsOn: [context.imagesReady, config.writer, secrets.writer],
        customTimeouts: { create: "30m" },
      },
    );
    this.done = pulumi.all([this.job.exitCode, this.job.urn]).apply(([code, urn]) => {
      if (code !== 0 && !pulumi.runtime.isDryRun())
        throw new pulumi.RunError(failed(containerName, code, urn));
      return code;
    });
    this.registerOutputs({});
  }
}

const failed = (container: string, code: number, urn: string): string =>
  `the database migration ended with code ${code}; nothing was started on the new schema.
  fix: read \`docker logs ${container}\`, mend the cause, then run: pulumi up --replace '${urn}'`;
