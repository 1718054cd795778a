import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, providerSource } from "../dynamic-resource.ts";

export interface VirtualKeyArgs {
  /** Base URL of the gateway as this machine reaches it. */
  readonly gatewayUrl: pulumi.Input<string>;
  /** Secret. */
  readonly masterKey: pulumi.Input<string>;
  /** Secret. The key's own value, made by the stack, so that a re-run registers the same key. */
  readonly key: pulumi.Input<string>;
  /** Which value of the key it is, from 1; for people. */
  readonly generation: number;
  /** Secret. The value before, as long as it is valid too. */
  readonly formerKey?: pulumi.Input<string>;
  /** Last day of the value before (UTC), YYYY-MM-DD. */
  readonly formerUntil?: string;
  readonly alias: string;
  /** Model groups the key may call. */
  readonly models: readonly string[];
  /** Spend per period, in USD. */
  readonly maxBudgetUsd: number;
  readonly budgetPeriod: string;
  readonly requestsPerMinute: number;
}

const source = providerSource(new URL("virtual-key.provider.cjs", import.meta.url));

/** A limited key for applications, registered with the running gateway. */
export class VirtualKey extends DynamicResource {
  constructor(name: string, args: VirtualKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, source, { ...args }, { ...opts, additionalSecretOutputs: ["masterKey", "key", "formerKey"] });
  }
}
