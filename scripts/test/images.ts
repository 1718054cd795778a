import type { ImageName } from "../../infra/components/context.ts";
import { imageNames } from "../../infra/images/catalog.ts";
import { ensureImages } from "../../ops/images.ts";
import { projectRoot } from "../../ops/paths.ts";
import { runToExit } from "../../ops/run.ts";
import { ensureEngine } from "../setup/engine.ts";

// Puts images built from packages on the engine, for tests that are no program of ours. usage: node scripts/test/images.ts NAME...

await runToExit(async () => {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const names = process.argv
    .slice(2)
    .filter((name): name is ImageName => (imageNames as readonly string[]).includes(name));
  await ensureEngine({ host: undefined, log, assumeYes: true, interactive: false });
  await ensureImages({ root: projectRoot, source: "packages", names, mayLock: false, log });
});
