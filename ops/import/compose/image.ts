import { judgeRelease } from "../../../infra/images/advisories.ts";
import { litellmRelease } from "../../../infra/images/catalog.ts";
import type { Reporter } from "../finding.ts";
import { asText } from "../plain.ts";
import { type ComposeService, interpolate } from "./service.ts";

/** Whether an image is LiteLLM's proxy. */
export const isLitellm = (image: string): boolean => /(^|\/)litellm(-|_|:|@|$)/i.test(image);

/** Reports an image that may change by itself, and a release with known holes. */
export function reportImage(
  say: Reporter,
  service: ComposeService,
  values: ReadonlyMap<string, string>,
): void {
  const written = asText(service.value["image"]);
  if (written === undefined) return;
  const at = [...service.steps, "image"];
  const image = interpolate(written, values);
  const [name = "", digest] = image.split("@");
  const tag = /:([^/]+)$/.exec(name)?.[1];
  const release = /^v?(\d+\.\d+\.\d+)/.exec(tag ?? "")?.[1];
  if (digest === undefined && (tag === undefined || release === undefined || /latest|nightly/.test(tag))) {
    say.defect(
      "moving-tag",
      at,
      `the image of ${service.name} is ${tag === undefined ? "untagged, which is latest" : `tagged ${tag}`}: it may be another one tomorrow`,
      "name an exact release by its digest; the gateway locks the digests of its images",
    );
  }
  if (release === undefined || !isLitellm(name)) return;
  for (const { id, what } of judgeRelease(release).denied) {
    const found = `LiteLLM ${release} has a known hole: ${what} (${id})`;
    say.defect("denied-release", at, found, `move to ${litellmRelease.registry}, which the gateway runs`);
  }
  if (judgeRelease(release).denied.length === 0) return;
  say.defect(
    "change-keys",
    at,
    "keys that such a release has seen may be known",
    "make new provider keys when you move",
  );
}
