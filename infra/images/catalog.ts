import type { ImageName } from "../components/context.ts";
import { usesOwnPresidio } from "../settings/presidio.ts";
import type { GuardrailDefinition } from "../settings/schema/definitions/guardrail.ts";

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
  "presidio-analyzer": { host: "mcr.microsoft.com", repository: "presidio-analyzer", tag: "2.2.362" },
  "presidio-anonymizer": { host: "mcr.microsoft.com", repository: "presidio-anonymizer", tag: "2.2.362" },
};

export const imageNames = Object.keys(catalog) as readonly ImageName[];

const presidioImages: ReadonlySet<ImageName> = new Set(["presidio-analyzer", "presidio-anonymizer"]);

/** The images that a gateway with these guardrails needs, and no others. */
export const imagesOf = ({
  guardrails,
}: {
  readonly guardrails: readonly GuardrailDefinition[];
}): ImageName[] => imageNames.filter((name) => !presidioImages.has(name) || guardrails.some(usesOwnPresidio));

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
