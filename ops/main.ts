import { Command } from "commander";
import { registerDiffEnv } from "./diff-env.ts";
import { registerEnv } from "./env.ts";
import { registerImages } from "./images.ts";
import { registerImport } from "./import.ts";
import { registerPreview } from "./preview.ts";
import { runToExit } from "./run.ts";
import { registerSchema } from "./schema.ts";
import { registerSmoke } from "./smoke.ts";

const program = new Command("cerberus")
  .description("Operations on a Cerberus Gateway stack")
  .showHelpAfterError();
registerImages(program);
registerEnv(program);
registerSmoke(program);
registerPreview(program);
registerImport(program);
registerDiffEnv(program);
registerSchema(program);
await runToExit(async () => {
  await program.parseAsync();
});
