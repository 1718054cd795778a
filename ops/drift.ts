import type { Command } from "commander";
import { UserError } from "../infra/settings/errors.ts";
import { type Radar, radar } from "./access/radar.ts";
import { attach } from "./attach.ts";
import { type Drift, driftAsMarkdown, driftAsText, errorsIn, isDrifted, readDrift } from "./drift/report.ts";
import { writeFileAtomic } from "./files.ts";
import { projectRoot } from "./paths.ts";
import { pulumiEnv, runPulumi } from "./pulumi.ts";
import { readOutputs } from "./stack-outputs.ts";

/** Exit code when the engine holds something else than the state says; 0 is no drift, 1 is no answer. */
const drifted = 2;

/**
 * Compares what the state says with what the engine, the gateway and its database hold; changes none.
 * @throws UserError when the engine or the state can't be read
 */
export async function drift(root: string, stack: string): Promise<Drift> {
  const env = { ...pulumiEnv(root), PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" };
  const args = ["refresh", "--preview-only", "--json", "--stack", stack];
  const { code, stdout, stderr } = await runPulumi({ root, args, env });
  if (code === 0) return { ...readDrift(stack, stdout), access: await look(root, stack) };
  const said = [...errorsIn(stdout), stderr.trim()].filter(Boolean).join("\n  ");
  throw new UserError(
    `stack "${stack}" could not be compared with its engine:\n  ${said}`,
    "mend what the message names; the engine and the state backend must both be within reach",
  );
}

/** A stack without outputs can still be compared with its engine. */
async function look(root: string, stack: string): Promise<Radar> {
  try {
    return await radar(await readOutputs(root, stack));
  } catch (error) {
    if (error instanceof UserError) return { beside: [], ignored: 0, blind: [error.message] };
    throw error;
  }
}

export function registerDrift(program: Command): void {
  program
    .command("drift")
    .description(
      "what was changed on the engine, at the gateway or in its database beside this code; exit code 2 = something was, 0 = nothing, 1 = could not tell",
    )
    .requiredOption("--stack <name>", "stack to compare with its engine")
    .option("--json", "print JSON")
    .option("--markdown <file>", "also write it as Markdown")
    .action(async ({ stack, json, markdown }: { stack: string; json?: boolean; markdown?: string }) => {
      await attach(projectRoot, stack);
      const found = await drift(projectRoot, stack);
      if (markdown !== undefined) writeFileAtomic(markdown, driftAsMarkdown(found), 0o644);
      process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : driftAsText(found));
      if (isDrifted(found)) process.exitCode = drifted;
    });
}
