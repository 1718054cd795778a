import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { Command } from "commander";
import { UserError } from "../infra/settings/errors.ts";
import { projectRoot } from "../ops/paths.ts";
import { runToExit } from "../ops/run.ts";
import { readOutputs } from "../ops/stack-outputs.ts";

const folder = `${projectRoot}/examples`;
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && file !== "run.ts")
  .map((file) => file.slice(0, -".ts".length));

const program = new Command("example")
  .description("Runs an example against a stack, as an agent: with the limited agent key")
  .argument("<name>", names.join(", "))
  .argument("[args...]", "for the example")
  .requiredOption("--stack <name>", "stack to use")
  .option("--model <name>", "another model than the agents' own")
  .action(async (name: string, args: string[], { stack, model }: { stack: string; model?: string }) => {
    if (!existsSync(`${folder}/${name}.ts`) || !names.includes(name))
      throw new UserError(`there is no example "${name}"`, `use one of: ${names.join(", ")}`);
    const { cerberusEnv } = await readOutputs(projectRoot, stack);
    execFileSync("npm", ["run", "--silent", "build:client"], { cwd: projectRoot, stdio: "inherit" });
    const { status } = spawnSync(process.execPath, [`${folder}/${name}.ts`, ...args], {
      env: {
        ...process.env,
        ...cerberusEnv,
        ...(model === undefined ? {} : { CERBERUS_MODEL: `litellm/${model}` }),
        CERBERUS_STACK: stack,
      },
      stdio: "inherit",
    });
    process.exitCode = status ?? 1;
  });
await runToExit(async () => {
  await program.parseAsync();
});
