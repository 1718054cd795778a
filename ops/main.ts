import { Command } from "commander";
import { registerEnv } from "./env.ts";
import { registerImages } from "./images.ts";
import { runToExit } from "./run.ts";
import { registerSmoke } from "./smoke.ts";

const program = new Command("cerberus")
  .description("Operations on a Cerberus Gateway stack")
  .showHelpAfterError();
registerImages(program);
registerEnv(program);
registerSmoke(program);
await runToExit(async () => {
  await program.parseAsync();
});
