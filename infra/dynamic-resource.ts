import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

/** Text of a CommonJS module that exports `handler()`, which gives the provider: what Pulumi keeps in the state and runs. */
export const providerSource = (file: URL): string => readFileSync(file, "utf8");

/**
 * A resource whose provider is the text of a file. Pulumi's own dynamic resources serialise a function instead, with
 * TypeScript's compiler and the debugger's protocol: half a second of every preview, and nothing may be imported.
 */
export class DynamicResource extends pulumi.CustomResource {
  constructor(name: string, source: string, props: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    // Type, property and calling convention are those of the SDK's dynamic/index.js.
    super("pulumi-nodejs:dynamic:Resource", name, { ...props, __provider: pulumi.secret(source) }, opts);
  }
}
