import { UserError } from "../settings/errors.ts";
import type { ImageReferences } from "./resolve.ts";

/**
 * Images built from packages are in no registry: says so before anything is made, instead of a pull that fails half-way.
 * @param listed what `docker image ls --format {{.Repository}}:{{.Tag}}` printed
 */
export function missingImages(
  references: ImageReferences,
  host: string | undefined,
  listed: string,
): UserError | undefined {
  const present = new Set(listed.split("\n"));
  const missing = Object.values(references).filter((reference) => !present.has(reference));
  if (missing.length === 0) return undefined;
  const command = `npm run images -- --source packages${host ? ` --host ${host}` : ""}`;
  return new UserError(`these images are not built yet: ${missing.join(", ")}`, command);
}
