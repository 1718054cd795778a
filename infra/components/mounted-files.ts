import { createHmac } from "node:crypto";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { engineName, tokens } from "../names.ts";
import { type FileSet, hashFiles } from "../render/files.ts";
import { type ImageName, type StackContext, stackLabels } from "./context.ts";

export type SecretFiles = Readonly<Record<string, pulumi.Output<string>>>;

export interface MountedFilesArgs {
  readonly context: StackContext;
  /** Service the files belong to, and what they are: part of the volume's name. */
  readonly service: string;
  readonly kind: "config" | "secrets";
  /** Any image the service uses anyway: the writer container is created from it and never started. */
  readonly image: ImageName;
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Where the provider finds the files when it uploads them, seen from the program's own folder. Their text then stays out
   * of the state: the provider takes seconds to compare many long ones, in every preview.
   */
  readonly readFrom?: string;
  /** Digest of the files' content, 12 hex digits; not secret. */
  readonly digest: pulumi.Input<string>;
  /**
   * Other content goes into the same volume, under a running container, instead of replacing both: for a service that must
   * not restart, and is told by a command.
   */
  readonly inPlace?: boolean;
}

/**
 * A volume named by its content, filled by a container that is created and never started.
 * The engine refuses uploads into a read-only container, so the service itself can't take them.
 */
export class MountedFiles extends pulumi.ComponentResource {
  readonly volumeName: pulumi.Output<string>;
  readonly digest: pulumi.Output<string>;
  readonly writer: docker.Container;

  constructor(name: string, args: MountedFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.files, name, {}, opts);
    const { context, service, kind } = args;
    this.digest = pulumi.output(args.digest);
    const stem = engineName(context.stackName, `${service}-${kind}`);
    const labels = stackLabels(context.stackName, service);
    const volume = new docker.Volume(
      `${name}-volume`,
      { name: args.inPlace ? stem : pulumi.interpolate`${stem}-${args.digest}`, labels },
      { parent: this },
    );
    this.volumeName = volume.name;
    this.writer = new docker.Container(
      `${name}-writer`,
      {
        name: pulumi.interpolate`${stem}-writer-${args.digest}`,
        image: context.image(args.image),
        command: ["true"],
        start: false,
        mustRun: false,
        networkMode: "none",
        labels,
        logDriver: "json-file",
        volumes: [{ volumeName: volume.name, containerPath: "/files" }],
        uploads: Object.entries(args.files)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([file, content]) => ({
            file: `/files/${file}`,
            ...(args.readFrom === undefined
              ? { content }
              : { source: `${args.readFrom}/${file}`, sourceHash: args.digest }),
            permissions: "0440",
          })),
      },
      { parent: this, dependsOn: [context.imagesReady] },
    );
    this.registerOutputs({ volumeName: this.volumeName });
  }
}

/** Rendered, non-secret files. */
export const configFiles = (
  name: string,
  args: Omit<MountedFilesArgs, "kind" | "files" | "digest"> & { readonly files: FileSet },
  opts?: pulumi.ComponentResourceOptions,
): MountedFiles => new MountedFiles(name, { ...args, kind: "config", digest: hashFiles(args.files) }, opts);

/**
 * Secret files. Their digest is an HMAC with a random key of the stack's: a plain hash of a guessable secret could be
 * guessed. Only this digest leaves secrecy.
 */
export function secretFiles(
  name: string,
  args: Omit<MountedFilesArgs, "kind" | "files" | "digest"> & {
    readonly files: SecretFiles;
    readonly hmacKey: pulumi.Output<string>;
  },
  opts?: pulumi.ComponentResourceOptions,
): MountedFiles {
  const { files, hmacKey, ...rest } = args;
  const digest = pulumi.unsecret(
    pulumi.all([hmacKey, pulumi.all(files)]).apply(([key, texts]) => {
      const hmac = createHmac("sha256", key);
      for (const file of Object.keys(texts).sort()) hmac.update(`${file}\0${texts[file]}\0`);
      return hmac.digest("hex").slice(0, 12);
    }),
  );
  return new MountedFiles(name, { ...rest, kind: "secrets", files, digest }, opts);
}
