import type { ImageName } from "../../infra/components/context.ts";
import { imageNames } from "../../infra/images/catalog.ts";
import { runToExit } from "../../ops/run.ts";
import { readyImages } from "../../tests/live/ready-images.ts";

// For tests that are no program of ours. usage: node scripts/test/images.ts NAME...

const isName = (name: string): name is ImageName => (imageNames as readonly string[]).includes(name);
await runToExit(() => readyImages(...process.argv.slice(2).filter(isName)));
