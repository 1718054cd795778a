import type { Command } from "commander";
import { UserError } from "../infra/settings/errors.ts";
import { type Radar, radar } from "./access/radar.ts";
import { writeFileAtomic } from "./files.ts";
import { projectRoot } from "./paths.ts";
import { previewFrom } from "./preview/base.ts";
import { consequences } from "./preview/consequences.ts";
import { renderedChanges } from "./preview/rendered-diff.ts";
import { asMarkdown, asText, hasChanges, makeReport, type Report } from "./preview/report.ts";
import { readSteps } from "./preview/steps.ts";
import { pulumi } from "./pulumi.ts";
import { readOutputs } from "./stack-outputs.ts";

/** Exit code of a preview that found changes; 0 is none, 1 refused. */
const changed = 2;

/**
 * Runs `pulumi preview` and works out what it means.
 * @throws UserError when the program refuses its settings, or Pulumi fails
 */
export async function preview(root: string, stack: string, more: readonly string[] = []): Promise<Report> {
  const steps = readSteps(await pulumi({ root, args: ["preview", "--json", "--stack", stack, ...more] }));
  const files = renderedChanges(steps);
  const access = await besideOf(root, stack);
  return { ...makeReport(stack, steps, consequences(steps, files), files), ...(access ? { access } : {}) };
}

/** What a running gateway holds beside the code; nothing where none runs yet. */
async function besideOf(root: string, stack: string): Promise<Radar | undefined> {
  try {
    return await radar(await readOutputs(root, stack));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

interface PreviewOptions {
  readonly stack: string;
  readonly base?: string;
  readonly json?: boolean;
  readonly markdown?: string;
}

export function registerPreview(program: Command): void {
  program
    .command("preview")
    .description(
      "what an up would do, what changes in the rendered files, and what it means; exit code 2 = changes, 0 = none",
    )
    .requiredOption("--stack <name>", "stack to preview")
    .option(
      "--base <commit>",
      "compare this tree with a commit instead of what runs: needs no state, engine or passphrase",
    )
    .option("--json", "print JSON")
    .option("--markdown <file>", "also write it as Markdown, for a comment under a change")
    .action(async ({ stack, base, json, markdown }: PreviewOptions) => {
      const report =
        base === undefined ? await preview(projectRoot, stack) : await previewFrom(projectRoot, stack, base);
      if (markdown !== undefined) writeFileAtomic(markdown, asMarkdown(report), 0o644);
      process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : asText(report));
      if (hasChanges(report)) process.exitCode = changed;
    });
}
