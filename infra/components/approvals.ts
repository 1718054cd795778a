import * as pulumi from "@pulumi/pulumi";
import { containerPorts, hosts, tokens } from "../names.ts";
import { litellmUid } from "./litellm-process.ts";
import { type PluginServiceArgs, pluginService } from "./plugin-service.ts";
import { Service } from "./service.ts";

export interface ApprovalsArgs extends PluginServiceArgs {
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
    const { networks } = args;
    const child = { parent: this };
    this.url = `http://127.0.0.1:${args.port}`;
    this.service = new Service(
      name,
      {
        ...pluginService(
          name,
          hosts.approvals,
          "cerberus_gateway.approvals.server",
          containerPorts.approvals,
          args,
          child,
        ),
        uid: litellmUid,
        networks: [
          { network: networks.edge, aliases: [hosts.approvals] },
          { network: networks.app, aliases: [hosts.approvals] },
          { network: networks.data, aliases: [hosts.approvals] },
          ...(args.callsOut ? [{ network: networks.egress, aliases: [] }] : []),
        ],
        publish: [{ host: args.port, container: containerPorts.approvals }],
      },
      child,
    );
    this.registerOutputs({ url: this.url });
  }
}
