import { Command, InvalidArgumentError } from "commander";
import { projectRoot } from "../../ops/paths.ts";
import { runToExit } from "../../ops/run.ts";
import { setUp } from "./set-up.ts";

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1024 || value > 65535) {
    throw new InvalidArgumentError("must be a whole number from 1024 to 65535");
  }
  return value;
}

function stackName(text: string): string {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(text)) {
    throw new InvalidArgumentError("must be small letters, digits and dashes, 31 at most, a letter first");
  }
  return text;
}

const program = new Command("setup.sh")
  .description(
    "From a fresh machine to a running, smoke-tested gateway. Safe to run again: it goes on where it stopped.",
  )
  .option("--stack <name>", "environment to set up", stackName, "dev")
  .option("--yes", "install a missing Docker engine and apply without asking", false)
  .option("--gateway-port <port>", "loopback port of API and UI (kept in the stack's own file)", port)
  .option("--prometheus-port <port>", "loopback port of Prometheus (kept in the stack's own file)", port)
  .showHelpAfterError()
  .action(async (options: { stack: string; yes: boolean; gatewayPort?: number; prometheusPort?: number }) => {
    await setUp({
      root: projectRoot,
      stack: options.stack,
      assumeYes: options.yes,
      ports: { gateway: options.gatewayPort, prometheus: options.prometheusPort },
    });
  });

await runToExit(async () => {
  await program.parseAsync();
});
