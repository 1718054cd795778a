import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, providerSource } from "../dynamic-resource.ts";

export interface LogFolderArgs {
  /** Folder on this machine. */
  readonly path: string;
  /** Short name of the log that was begun last. */
  readonly link: string;
  /** User that writes into it. */
  readonly uid: number;
}

const source = providerSource(new URL("log-folder.provider.cjs", import.meta.url));

/** A folder of the host's that a container writes into; kept when the stack goes. */
export class LogFolder extends DynamicResource {
  constructor(name: string, args: LogFolderArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, source, { ...args }, opts);
  }
}
