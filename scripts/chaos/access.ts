import { Command } from "commander";
import { projectRoot } from "../../ops/paths.ts";
import { runToExit } from "../../ops/run.ts";
import { readOutputs } from "../../ops/stack-outputs.ts";
import { accessChaos } from "../../tests/chaos/access-chaos.ts";
import { killHard } from "../../tests/live/engine.ts";
import { wholeNumber } from "../whole-number.ts";

// As many kills as wanted, on a stack that is there. Its own objects are under an owner of their own.

interface Options {
  readonly stack: string;
  readonly kills: number;
  readonly seed: number;
}

const program = new Command("chaos:access")
  .description("Kills Pulumi or the gateway in the middle of an up; the next up must end exactly as defined.")
  .requiredOption("--stack <name>", "a throw-away stack that is up: its gateway is killed again and again")
  .option("--kills <count>", "how many", wholeNumber(1), 100)
  .option("--seed <number>", "the same seed gives the same definitions and moments", wholeNumber(0), 1)
  .action(async ({ stack, kills, seed }: Options) => {
    const { urls, masterKey, containers } = await readOutputs(projectRoot, stack);
    const replicas = containers.filter(({ service }) => service.startsWith("litellm-"));
    const verdict = await accessChaos({
      root: projectRoot,
      gateway: { gatewayUrl: urls.api, masterKey },
      killGateway: async () => {
        await Promise.all(replicas.map(({ name }) => killHard(name)));
      },
      kills,
      seed,
      log: (line) => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
    if (verdict.findings.length > 0) process.exitCode = 1;
  });

await runToExit(async () => {
  await program.parseAsync();
});
