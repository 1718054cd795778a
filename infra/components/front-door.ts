import * as pulumi from "@pulumi/pulumi";
import { containerPorts, hosts, mountPaths, tokens } from "../names.ts";
import type { FileSet } from "../render/files.ts";
import type { StackContext } from "./context.ts";
import { configFiles } from "./mounted-files.ts";
import type { Networks } from "./networks.ts";
import { type ResourceLimits, Service } from "./service.ts";

export interface FrontDoorArgs {
  readonly context: StackContext;
  readonly networks: Networks;
  readonly files: FileSet;
  readonly limits: ResourceLimits;
  /** Loopback port of the gateway. */
  readonly port: number;
}

/** HAProxy: the one published way in; sends a request to the ready replica with the fewest. */
export class FrontDoor extends pulumi.ComponentResource {
  readonly url: string;
  readonly service: Service;

  constructor(name: string, args: FrontDoorArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.frontDoor, name, {}, opts);
    const { context, networks } = args;
    const shared = { context, service: hosts.frontDoor, image: "haproxy" } as const;
    const child = { parent: this };
    this.url = `http://127.0.0.1:${args.port}`;
    this.service = new Service(
      name,
      {
        ...shared,
        uid: 99,
        networks: [
          { network: networks.edge, aliases: [hosts.frontDoor] },
          { network: networks.app, aliases: [hosts.frontDoor] },
        ],
        entrypoint: ["haproxy", "-W", "-db", "-f", `${mountPaths.config}/haproxy.cfg`],
        config: configFiles(`${name}-config`, { ...shared, files: args.files }, child),
        tmpfsMib: { "/tmp": 16 },
        limits: args.limits,
        health: {
          // bash speaks TCP by itself; the image holds no HTTP client.
          command: [
            "bash",
            "-c",
            `exec 3<>/dev/tcp/127.0.0.1/${containerPorts.frontDoorInternal} && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '`,
          ],
          intervalSeconds: 5,
          timeoutSeconds: 5,
          startPeriodSeconds: 15,
        },
        // SIGUSR1: finish what runs, take nothing new.
        stopSignal: "SIGUSR1",
        stopSeconds: 620,
        publish: [{ host: args.port, container: containerPorts.gateway }],
      },
      child,
    );
    this.registerOutputs({ url: this.url });
  }
}
