import type { ImageName } from "../../infra/components/context.ts";
import { ensureImages } from "../../ops/images.ts";
import { projectRoot } from "../../ops/paths.ts";
import { ensureEngine } from "../../scripts/setup/engine.ts";

/** An engine that runs, and images built from packages on it: what a live test that makes no stack needs. */
export async function readyImages(...names: readonly ImageName[]): Promise<void> {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  await ensureEngine({ host: undefined, log, assumeYes: true, interactive: false });
  await ensureImages({ root: projectRoot, source: "packages", names, mayLock: false, log });
}
