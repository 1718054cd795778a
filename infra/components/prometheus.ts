import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { containerPorts, engineName, hosts, mountPaths, tokens } from "../names.ts";
import type { FileSet } from "../render/files.ts";
import { type StackContext, stackLabels } from "./context.ts";
import { configFiles } from "./mounted-files.ts";
import type { Networks } from "./networks.ts";
import { type ResourceLimits, Service } from "./service.ts";

export interface PrometheusArgs {
  readonly context: StackContext;
  readonly networks: Networks;
  readonly files: FileSet;
  readonly limits: ResourceLimits;
  /** Loopback port of its page and API. */
  readonly port: number;
  readonly retentionDays: number;
}

/** Prometheus: reads every replica and the front door inside the app network, with no key of the gateway. */
export class Prometheus extends pulumi.ComponentResource {
  readonly url: string;
  readonly service: Service;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.prometheus, name, {}, opts);
    const { context, networks } = args;
    const shared = { context, service: hosts.prometheus, image: "prometheus" } as const;
    const child = { parent: this };
    const data = new docker.Volume(
      `${name}-data`,
      {
        name: engineName(context.stackName, "prometheus-data"),
        labels: stackLabels(context.stackName, hosts.prometheus),
      },
      { ...child, protect: context.protectData, ignoreChanges: ["labels"] },
    );
    this.url = `http://127.0.0.1:${args.port}`;
    this.service = new Service(
      name,
      {
        ...shared,
        uid: 65534,
        networks: [
          { network: networks.edge, aliases: [hosts.prometheus] },
          { network: networks.app, aliases: [hosts.prometheus] },
        ],
        entrypoint: [
          "prometheus",
          `--config.file=${mountPaths.config}/prometheus.yml`,
          "--storage.tsdb.path=/prometheus",
          `--storage.tsdb.retention.time=${args.retentionDays}d`,
          `--web.listen-address=0.0.0.0:${containerPorts.prometheus}`,
          `--web.external-url=${this.url}`,
        ],
        config: configFiles(`${name}-config`, { ...shared, files: args.files }, child),
        data: { volume: data, path: "/prometheus" },
        tmpfsMib: { "/tmp": 16 },
        limits: args.limits,
        health: {
          command: ["promtool", "check", "ready", `--url=http://127.0.0.1:${containerPorts.prometheus}`],
          intervalSeconds: 10,
          timeoutSeconds: 10,
          startPeriodSeconds: 30,
        },
        stopSeconds: 60,
        publish: [{ host: args.port, container: containerPorts.prometheus }],
      },
      child,
    );
    this.registerOutputs({ url: this.url });
  }
}
