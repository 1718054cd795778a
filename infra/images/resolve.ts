import type { ImageName } from "../components/context.ts";
import { UserError } from "../settings/errors.ts";
import type { Settings } from "../settings/parse.ts";
import { imagesOf } from "./catalog.ts";
import { lockCommand, lockedReferences, readLock } from "./lock.ts";
import { packagesReference } from "./packages.ts";

/** Image name → reference, for the images that the stack needs. */
export type ImageReferences = Readonly<Partial<Record<ImageName, string>>>;

/**
 * The exact image of every service of a stack; needs no network and no engine.
 * @throws UserError when the registry source has an image without a locked digest
 */
export function resolveStackImages(
  root: string,
  { images, guardrails }: Pick<Settings, "images" | "guardrails">,
): ImageReferences {
  const names = imagesOf({ guardrails });
  if (images.source === "packages") {
    return Object.fromEntries(names.map((name) => [name, packagesReference(root, name)]));
  }
  const { references, unlocked } = lockedReferences(readLock(root) ?? {}, names, images.registryPrefix);
  if (unlocked.length > 0) {
    throw new UserError(
      `no digest is locked for: ${unlocked.join(", ")} (registry source; tags alone are refused, since they can move)`,
      `${lockCommand}${images.registryPrefix ? ` --registry-prefix ${images.registryPrefix}` : ""}`,
    );
  }
  return references;
}

/**
 * Reference of an image that a service runs.
 * @throws Error when the stack was not said to need it: imagesOf and the services disagree
 */
export function neededImage(references: ImageReferences, name: ImageName): string {
  const reference = references[name];
  if (reference === undefined) throw new Error(`the stack has no image ${name}`);
  return reference;
}
