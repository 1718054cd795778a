import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { ImageName } from "../components/context.ts";

/** Build contexts that make several images, each a stage of its Dockerfile. */
const shared: Partial<Record<ImageName | "base", string>> = {
  "presidio-analyzer": "presidio",
  "presidio-anonymizer": "presidio",
};

/** Folder of a build context. */
export const contextFolder = (root: string, image: ImageName | "base"): string =>
  `${root}/images/${shared[image] ?? image}`;

/** Stage of the Dockerfile that is the image; `undefined` = its last. */
export const buildStage = (image: ImageName): string | undefined => (image in shared ? image : undefined);

/**
 * Reference of an image built here. The tag is a digest of everything that goes into it, so an image is built again exactly
 * when its inputs changed, and a changed input is a visible replacement.
 */
export function packagesReference(root: string, image: ImageName): string {
  return reference(image, [contextFolder(root, "base"), contextFolder(root, image)]);
}

/** Reference of the base image that the others build on. */
export const baseReference = (root: string): string => reference("base", [contextFolder(root, "base")]);

function reference(image: string, folders: readonly string[]): string {
  const hash = createHash("sha256");
  for (const folder of folders) {
    for (const file of filesUnder(folder)) {
      // The mode counts: git keeps it, and so does an image.
      const executable = (statSync(`${folder}/${file}`).mode & 0o100) !== 0;
      hash
        .update(`${file}\0${executable}\0`)
        .update(readFileSync(`${folder}/${file}`))
        .update("\0");
    }
  }
  return `cerberus-gateway/${image}:${hash.digest("hex").slice(0, 12)}`;
}

/** Paths of all files below a folder, sorted, without installed packages. */
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("/node_modules"))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1))
    .sort();
}
