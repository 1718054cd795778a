import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { PidsLimit } from "../engine/pids-limit.ts";
import { engineName, labelKeys, mountPaths, tokens } from "../names.ts";
import { envList, type ImageName, type StackContext, stackLabels } from "./context.ts";
import { cpuCount, goDuration } from "./engine-format.ts";
import type { MountedFiles } from "./mounted-files.ts";

export interface ResourceLimits {
  readonly memoryMib: number;
  readonly cpus: number;
  readonly pids: number;
}

export interface HealthCheck {
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Time in which failures don't count, in seconds. */
  readonly startPeriodSeconds: number;
}

export interface ServiceArgs {
  readonly context: StackContext;
  readonly service: string;
  readonly image: ImageName;
  readonly uid: number;
  /** Network → names of this container on it. */
  readonly networks: readonly { readonly network: docker.Network; readonly aliases: readonly string[] }[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** Non-secret environment; secrets travel as files. */
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: MountedFiles;
  /** Our Python package. */
  readonly plugins?: MountedFiles;
  readonly secrets?: MountedFiles;
  /** What it keeps: a volume, or a folder of the host's and the resource that makes it. */
  readonly data?:
    | { readonly volume: docker.Volume; readonly path: string }
    | { readonly hostPath: string; readonly path: string; readonly madeBy: pulumi.Resource };
  /** Writable paths in memory → size in MiB. */
  readonly tmpfsMib: Readonly<Record<string, number>>;
  readonly limits: ResourceLimits;
  readonly health: HealthCheck;
  /** How long a stop waits for running work, in seconds, before it kills. */
  readonly stopSeconds: number;
  readonly stopSignal?: string;
  /** Loopback ports → ports inside. */
  readonly publish?: readonly { readonly host: number; readonly container: number }[];
}

/** One container that keeps running, hardened the same way for every service. */
export class Service extends pulumi.ComponentResource {
  readonly container: docker.Container;
  readonly containerName: string;
  /** What later resources wait for: the container is healthy and limited. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.service, name, {}, opts);
    const { context, limits } = args;
    this.containerName = engineName(context.stackName, args.service);
    const mounted = (["config", "plugins", "secrets"] as const).flatMap((kind) => {
      const files = args[kind];
      return files ? [{ files, path: mountPaths[kind] }] : [];
    });
    this.container = new docker.Container(
      `${name}-container`,
      {
        ...hardened,
        name: this.containerName,
        image: context.image(args.image),
        user: `${args.uid}:0`,
        ...(args.entrypoint ? { entrypoints: [...args.entrypoint] } : {}),
        ...(args.command ? { command: [...args.command] } : {}),
        envs: envList(args.env ?? {}),
        labels: [
          ...stackLabels(context.stackName, args.service),
          ...(args.config ? [{ label: labelKeys.configHash, value: args.config.digest }] : []),
        ],
        volumes: [
          ...mounted.map(({ files, path }) => mount(files, path)),
          ...(args.data ? [dataMount(args.data)] : []),
        ],
        tmpfs: Object.fromEntries(
          Object.entries(args.tmpfsMib).map(([path, mib]) => [
            path,
            `rw,nosuid,nodev,noexec,size=${mib}m,mode=1777`,
          ]),
        ),
        networksAdvanced: args.networks.map(({ network, aliases }) => ({
          name: network.name,
          aliases: [...aliases],
        })),
        ports: (args.publish ?? []).map(({ host, container }) => ({
          internal: container,
          external: host,
          ip: "127.0.0.1",
        })),
        memory: limits.memoryMib,
        memorySwap: limits.memoryMib,
        cpus: cpuCount(limits.cpus),
        healthcheck: {
          tests: ["CMD", ...args.health.command],
          interval: goDuration(args.health.intervalSeconds),
          timeout: goDuration(args.health.timeoutSeconds),
          startPeriod: goDuration(args.health.startPeriodSeconds),
          retries: 3,
        },
        stopTimeout: args.stopSeconds,
        destroyGraceSeconds: args.stopSeconds,
        ...(args.stopSignal ? { stopSignal: args.stopSignal } : {}),
      },
      {
        parent: this,
        dependsOn: [
          context.imagesReady,
          ...mounted.map(({ files }) => files.writer),
          ...(args.data && "madeBy" in args.data ? [args.data.madeBy] : []),
        ],
        // The provider reports edits of these as done and changes nothing on the engine.
        replaceOnChanges: ["healthcheck", "tmpfs", "init"],
        customTimeouts: { create: "15m" },
      },
    );
    this.ready = new PidsLimit(
      `${name}-pids`,
      {
        containerId: this.container.id,
        limit: limits.pids,
        dockerHost: context.dockerHost,
        dockerTls: context.dockerTls,
      },
      { parent: this },
    );
    this.registerOutputs({ containerName: this.containerName });
  }
}

const mount = (files: MountedFiles, path: string) => ({
  volumeName: files.volumeName,
  containerPath: path,
  readOnly: true,
});

const dataMount = (data: NonNullable<ServiceArgs["data"]>) =>
  "volume" in data
    ? { volumeName: data.volume.name, containerPath: data.path }
    : { hostPath: data.hostPath, containerPath: data.path };

/** The same for every container: nothing may be relaxed per service, only limited further. */
const hardened = {
  readOnly: true,
  // "CAP_ALL" is refused by engine 20.10; single capabilities need their prefix.
  capabilities: { drops: ["ALL"] },
  securityOpts: ["no-new-privileges:true"],
  init: true,
  restart: "unless-stopped",
  logDriver: "json-file",
  logOpts: { "max-file": "3", "max-size": "10m" },
  mustRun: true,
  wait: true,
  waitTimeout: 300,
  containerReadRefreshTimeoutMilliseconds: 60_000,
} satisfies Partial<docker.ContainerArgs>;
