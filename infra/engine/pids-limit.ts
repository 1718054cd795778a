import * as pulumi from "@pulumi/pulumi";
import { DynamicResource, providerBundle } from "../dynamic-resource.ts";
import type { EngineTls } from "./tls.ts";

export interface PidsLimitArgs {
  readonly containerId: pulumi.Input<string>;
  /** Ceiling of processes and threads. */
  readonly limit: number;
  /** Engine address; empty = the docker CLI's default. */
  readonly dockerHost: string;
  /** Certificates of a tcp:// engine; kept as a secret, since a refresh on another machine has nothing but the state. */
  readonly dockerTls?: EngineTls | undefined;
}

const source = providerBundle(new URL("commands/", import.meta.url), "pids-limit.cjs");

/** The limit of processes that the Docker provider can't set (pulumi-docker.md, 23). */
export class PidsLimit extends DynamicResource {
  constructor(name: string, { dockerTls, ...args }: PidsLimitArgs, opts?: pulumi.CustomResourceOptions) {
    if (dockerTls === undefined) super(name, source, { ...args }, opts);
    else {
      const secret = { dockerTls: pulumi.secret({ ...dockerTls }) };
      super(name, source, { ...args, ...secret }, { ...opts, additionalSecretOutputs: ["dockerTls"] });
    }
  }
}
