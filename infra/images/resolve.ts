import type { ImageName } from "../components/context.ts";
import { UserError } from "../settings/errors.ts";
import type { Settings } from "../settings/parse.ts";
import { imageNames } from "./catalog.ts";
import { lockCommand, lockedReferences, readLock } from "./lock.ts";
import { packagesReference } from "./packages.ts";

export type ImageReferences = Readonly<Record<ImageName, string>>;

/**
 * The exact image of every service; needs no network and no engine.
 * @throws UserError when the registry source has an image without a locked digest
 */
export function resolveStackImages(root: string, { images }: Pick<Settings, "images">): ImageReferences {
  if (images.source === "packages") {
    return Object.fromEntries(
      imageNames.map((name) => [name, packagesReference(root, name)]),
    ) as ImageReferences;
  }
  const { references, unlocked } = lockedReferences(readLock(root) ?? {}, images.registryPrefix);
  if (unlocked.length > 0) {
    throw new UserError(
      `no digest is locked for: ${unlocked.join(", ")} (registry source; tags alone are refused, since they can move)`,
      `${lockCommand}${images.registryPrefix ? ` --registry-prefix ${images.registryPrefix}` : ""}`,
    );
  }
  return references as ImageReferences;
}
