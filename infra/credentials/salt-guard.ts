import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { StackContext } from "../components/context.ts";
import { DynamicResource, providerBundle } from "../dynamic-resource.ts";
import { engineName, hosts } from "../names.ts";

export interface SaltGuardArgs {
  readonly context: StackContext;
  /** The database's container; another one has its canary looked at again. */
  readonly containerId: pulumi.Input<string>;
  /** Secret. */
  readonly saltKey: pulumi.Output<string>;
}

const source = providerBundle(new URL("../engine/commands/", import.meta.url), "salt-guard.cjs");

/** Tells two salt keys apart and gives nothing of them away: 64 hex digits, not secret. */
export const saltFingerprint = (saltKey: string): string =>
  createHmac("sha256", saltKey).update("cerberus-salt-fingerprint").digest("hex");

/**
 * Stops an up whose salt key is not the one the database's credentials are encrypted with: by its fingerprint in the state,
 * and by a canary row in the database. LiteLLM itself would start, and find its credentials unreadable.
 */
export class SaltGuard extends DynamicResource {
  /** Secret. The salt key, once it is proved: who takes it from here can't get a wrong one. */
  readonly provenKey: pulumi.Output<string>;

  constructor(name: string, args: SaltGuardArgs, opts?: pulumi.CustomResourceOptions) {
    const { context, containerId, saltKey } = args;
    const { dockerHost, dockerTls } = context;
    super(
      name,
      source,
      {
        fingerprint: pulumi.unsecret(saltKey.apply(saltFingerprint)),
        saltKey,
        containerId,
        containerName: engineName(context.stackName, hosts.postgres),
        dockerHost,
        ...(dockerTls ? { dockerTls: pulumi.secret({ ...dockerTls }) } : {}),
      },
      { ...opts, additionalSecretOutputs: ["saltKey", "dockerTls"] },
    );
    this.provenKey = pulumi.secret(pulumi.all([saltKey, this.id]).apply(([key]) => key));
  }
}
