import * as pulumi from "@pulumi/pulumi";
import type { StackContext } from "../components/context.ts";
import { DynamicResource, providerBundle } from "../dynamic-resource.ts";

export interface ContainerCommandArgs {
  readonly context: StackContext;
  /** What it is for, as an error would say it: "could not …". */
  readonly what: string;
  /** Container to run in; another one makes the command run again. */
  readonly containerId: pulumi.Input<string>;
  /** Must be repeatable: a run that was cut off is repeated. */
  readonly command: readonly string[];
  /** Secret. Its standard input; another text makes the command run again. */
  readonly stdin: pulumi.Output<string>;
}

const source = providerBundle(new URL("../engine/commands/", import.meta.url), "container-command.cjs");

/** A command in a running container, as one step of an up: how a password changes inside the service that checks it. */
export class ContainerCommand extends DynamicResource {
  constructor(name: string, args: ContainerCommandArgs, opts?: pulumi.CustomResourceOptions) {
    const { context, command, stdin, ...rest } = args;
    const { dockerHost, dockerTls } = context;
    super(
      name,
      source,
      {
        ...rest,
        dockerHost,
        command: [...command],
        stdin: pulumi.secret(stdin),
        ...(dockerTls ? { dockerTls: pulumi.secret({ ...dockerTls }) } : {}),
      },
      { ...opts, additionalSecretOutputs: ["stdin", "dockerTls"] },
    );
  }
}
