import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ImageReferences } from "../images/resolve.ts";
import { tokens } from "../names.ts";

/** Puts the stack's images on the engine: pulled by digest, or already built there. Destroying a stack keeps them. */
export class Images extends pulumi.ComponentResource {
  constructor(name: string, refs: ImageReferences, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.images, name, {}, opts);
    for (const [image, ref] of Object.entries(refs)) {
      new docker.RemoteImage(`${name}-${image}`, { name: ref, keepLocally: true }, { parent: this });
    }
    this.registerOutputs({});
  }
}
