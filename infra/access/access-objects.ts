import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, providerBundle } from "../dynamic-resource.ts";
import type { AccessRows } from "./objects/plan.cjs";

export interface AccessObjectsArgs {
  /** Base URL of the gateway as this machine reaches it. */
  readonly gatewayUrl: pulumi.Input<string>;
  /** Secret. */
  readonly masterKey: pulumi.Input<string>;
  /** Secret. Makes the values of all keys (objects/key-value.cjs). */
  readonly seed: pulumi.Input<string>;
  /** Mark of everything this stack makes. */
  readonly owner: string;
  /** What the gateway is to have. */
  readonly rows: AccessRows;
}

const source = providerBundle(new URL("objects/", import.meta.url), "provider.cjs");

/**
 * Budgets, teams, users, customers and keys of one gateway. One resource for all of them: LiteLLM deletes a team's keys along
 * with the team, so their order goes across kinds; what is wrong anywhere is refused before anything is changed; and a
 * listing of each kind serves hundreds of objects.
 */
export class AccessObjects extends DynamicResource {
  constructor(name: string, { rows, ...args }: AccessObjectsArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      name,
      source,
      { ...args, ...rows },
      {
        ...opts,
        additionalSecretOutputs: ["masterKey", "seed"],
        customTimeouts: { create: "15m", update: "15m" },
      },
    );
  }
}
