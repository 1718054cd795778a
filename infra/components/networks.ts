import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { engineName, tokens } from "../names.ts";
import { type StackContext, stackLabels } from "./context.ts";

/**
 * edge: published ports · app: front door, replicas, Prometheus · data: databases · egress: the way to providers.
 * All four from the start, since adding one later replaces every container on it.
 */
export class Networks extends pulumi.ComponentResource {
  readonly edge: docker.Network;
  readonly app: docker.Network;
  readonly data: docker.Network;
  readonly egress: docker.Network;

  constructor(name: string, context: StackContext, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.networks, name, {}, opts);
    const network = (role: string, internal: boolean) =>
      new docker.Network(
        `${name}-${role}`,
        {
          name: engineName(context.stackName, role),
          driver: "bridge",
          internal,
          labels: stackLabels(context.stackName, role),
        },
        { parent: this },
      );
    this.edge = network("edge", false);
    this.app = network("app", true);
    this.data = network("data", true);
    this.egress = network("egress", false);
    this.registerOutputs({});
  }
}
