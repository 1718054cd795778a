import type { ImageName } from "../components/context.ts";

export interface CatalogImage {
  /** Registry the image lives in when no mirror is set. */
  readonly host: string;
  readonly repository: string;
  /** Exact tag; never one that moves. */
  readonly tag: string;
}

/** Where the registry source takes each image from; images.lock.json holds the digests once they are resolved. */
export const catalog: Readonly<Record<ImageName, CatalogImage>> = {
  // The image that runs as a user of its own; the plain one runs as root.
  litellm: { host: "ghcr.io", repository: "berriai/litellm-non_root", tag: "v1.108.12" },
  postgres: { host: "docker.io", repository: "library/postgres", tag: "17.6-trixie" },
  redis: { host: "docker.io", repository: "library/redis", tag: "8.0.2-bookworm" },
  haproxy: { host: "docker.io", repository: "library/haproxy", tag: "3.0.11-bookworm" },
  prometheus: { host: "docker.io", repository: "prom/prometheus", tag: "v3.5.0" },
};

export const imageNames = Object.keys(catalog) as readonly ImageName[];

/** LiteLLM release of each source; the packages source follows images/litellm/requirements.in. */
export const litellmRelease = {
  registry: catalog.litellm.tag.replace(/^v/, ""),
  packages: "1.106.2",
} as const;

/**
 * Full reference of an image, by tag.
 * @param registryPrefix host (and path) of a mirror that replaces the image's own registry
 */
export function registryReference(name: ImageName, registryPrefix?: string): string {
  const { host, repository, tag } = catalog[name];
  return `${registryPrefix ?? host}/${repository}:${tag}`;
}
