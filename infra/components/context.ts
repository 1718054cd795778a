import type * as pulumi from "@pulumi/pulumi";
import type { EngineTls } from "../engine/tls.ts";
import { labelKeys } from "../names.ts";

/** What every component of one stack shares. */
export interface StackContext {
  readonly stackName: string;
  /** Engine address for the docker CLI; empty = its default. */
  readonly dockerHost: string;
  /** Certificates of a tcp:// engine. */
  readonly dockerTls: EngineTls | undefined;
  /** Refuse to destroy data. */
  readonly protectData: boolean;
  /** Image reference per image name; exact tag or digest. */
  readonly image: (name: ImageName) => string;
  /** Resource that puts the images on the engine; containers wait for it. */
  readonly imagesReady: pulumi.Resource;
}

export type ImageName =
  | "litellm"
  | "postgres"
  | "redis"
  | "haproxy"
  | "prometheus"
  | "presidio-analyzer"
  | "presidio-anonymizer";

/** The labels of everything a stack makes; fixed for an object's life, since a changed label replaces it. */
export const stackLabels = (stackName: string, service: string) => [
  { label: labelKeys.stack, value: stackName },
  { label: labelKeys.service, value: service },
];

/** Environment as the engine wants it; sorted, since another order would be a difference. */
export const envList = (env: Readonly<Record<string, string>>): string[] =>
  Object.entries(env)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
