import { existsSync } from "node:fs";
import type { Command } from "commander";
import { isRemote } from "../infra/engine/address.ts";
import { UserError } from "../infra/settings/errors.ts";
import { attach } from "./attach.ts";
import { writeFileAtomic } from "./files.ts";
import { projectRoot } from "./paths.ts";
import { asMarkdown, asText, hasChanges } from "./preview/report.ts";
import { preview } from "./preview.ts";
import { pulumi } from "./pulumi.ts";
import { runSmoke } from "./smoke.ts";
import { readOutputs } from "./stack-outputs.ts";
import { publishedPorts, reachPorts } from "./tunnel.ts";

/** Exit code of a plan that holds changes; 0 is none, 1 refused: as `preview` has it. */
const changed = 2;

export function registerDeploy(program: Command): void {
  program
    .command("plan")
    .description(
      "preview an up, and keep it as a plan that `deploy` may not depart from; exit code as preview's",
    )
    .requiredOption("--stack <name>", "stack to plan for")
    .requiredOption("--output <file>", "where the plan goes; it holds settings, and secrets only enciphered")
    .option("--markdown <file>", "also write the preview as Markdown")
    .option("--changes-pass", "exit code 0 for changes too")
    .action(async (options: PlanOptions) => {
      const { stack, output, markdown } = options;
      await attach(projectRoot, stack);
      const report = await preview(projectRoot, stack, ["--save-plan", output]);
      if (markdown !== undefined) writeFileAtomic(markdown, asMarkdown(report), 0o644);
      process.stdout.write(asText(report));
      if (hasChanges(report) && !options.changesPass) process.exitCode = changed;
    });

  program
    .command("deploy")
    .description("apply exactly the plan that was reviewed, then prove the gateway with the smoke tests")
    .requiredOption("--stack <name>", "stack to deploy")
    .requiredOption("--plan <file>", "what `plan` wrote for this stack, from the same commit")
    .action(async ({ stack, plan }: { stack: string; plan: string }) => {
      await attach(projectRoot, stack);
      await deploy(projectRoot, stack, plan, (line) => process.stdout.write(`${line}\n`));
    });
}

interface PlanOptions {
  readonly stack: string;
  readonly output: string;
  readonly markdown?: string;
  readonly changesPass?: boolean;
}

/**
 * Applies a plan; Pulumi refuses whatever the plan does not hold.
 * @throws UserError when the plan is missing, no longer fits, or the gateway fails its smoke tests
 */
export async function deploy(
  root: string,
  stack: string,
  plan: string,
  log: (line: string) => void,
): Promise<void> {
  if (!existsSync(plan))
    throw new UserError(`there is no plan at ${plan}`, `npm run plan -- --stack ${stack} --output ${plan}`);
  const before = await readOutputs(root, stack).catch(() => undefined);
  using _tunnel =
    before && isRemote(before.dockerHost)
      ? await reachPorts(before.dockerHost, publishedPorts(before), log)
      : undefined;
  await pulumi({
    root,
    args: ["up", "--yes", "--skip-preview", "--plan", plan, "--stack", stack, "--color", "never"],
    onOutput: (part) => {
      for (const line of part.split("\n"))
        if (/creat|updat|delet|replac|error/i.test(line)) log(`  ${line.trim()}`);
    },
  });
  const { passed } = await runSmoke(root, stack, log);
  log(`${stack}: deployed as planned, ${passed} smoke tests passed`);
}
