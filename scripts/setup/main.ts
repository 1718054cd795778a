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

interface Options {
  readonly stack: string;
  readonly yes: boolean;
  readonly gatewayPort?: number;
  readonly prometheusPort?: number;
  readonly approvalsPort?: number;
}

const given = (ports: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(ports).flatMap(([name, port]) => (port === undefined ? [] : [[name, port]])),
  );

const program = new Command("setup.sh")
  .description(
    "From a fresh machine to a running, smoke-tested gateway. Safe to run again: it goes on where it stopped.",
  )
  .option("--stack <name>", "environment to set up", stackName, "dev")
  .option("--yes", "install a missing Docker engine and apply without asking", false)
  .option("--gateway-port <port>", "loopback port of API and UI (kept in the stack's own file)", port)
  .option("--prometheus-port <port>", "loopback port of Prometheus (kept in the stack's own file)", port)
  .option(
    "--approvals-port <port>",
    "loopback port of the approvers' page (kept in the stack's own file)",
    port,
  )
  .showHelpAfterError()
  .action(async (options: Options) => {
    const { gatewayPort: gateway, prometheusPort: prometheus, approvalsPort: approvals } = options;
    await setUp({
      root: projectRoot,
      stack: options.stack,
      assumeYes: options.yes,
      ports: given({ gateway, prometheus, approvals }),
    });
  });

await runToExit(async () => {
  await program.parseAsync();
});
