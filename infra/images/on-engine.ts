import { execFileSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../settings/errors.ts";
import type { Settings } from "../settings/parse.ts";
import type { ImageReferences } from "./resolve.ts";

/**
 * Images built from packages are in no registry: says so before anything is made, instead of a pull that fails half-way.
 * A preview only warns, and says nothing where no engine answers.
 * @throws UserError when an `up` would miss an image
 */
export function requireBuiltImages(references: ImageReferences, { images, engine }: Settings): void {
  if (images.source !== "packages") return;
  const host = engine.host ? ["--host", engine.host] : [];
  let present: Set<string>;
  try {
    const text = execFileSync("docker", [...host, "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 30_000,
    });
    present = new Set(text.split("\n"));
  } catch {
    // The provider itself says it better when an engine that is needed doesn't answer.
    return;
  }
  const missing = Object.values(references).filter((reference) => !present.has(reference));
  if (missing.length === 0) return;
  const command = `npm run images -- --source packages${engine.host ? ` --host ${engine.host}` : ""}`;
  const error = new UserError(`these images are not built yet: ${missing.join(", ")}`, command);
  if (!pulumi.runtime.isDryRun()) throw error;
  void pulumi.log.warn(error.message);
}
