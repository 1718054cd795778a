import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, providerSource } from "../dynamic-resource.ts";

export interface PidsLimitArgs {
  readonly containerId: pulumi.Input<string>;
  /** Ceiling of processes and threads. */
  readonly limit: number;
  /** Engine address; empty = the docker CLI's default. */
  readonly dockerHost: string;
}

const source = providerSource(new URL("pids-limit.provider.cjs", import.meta.url));

/** The limit of processes that the Docker provider can't set (pulumi-docker.md, 23). */
export class PidsLimit extends DynamicResource {
  constructor(name: string, args: PidsLimitArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, source, { ...args }, opts);
  }
}
