import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Command } from "commander";
import { UserError } from "../infra/settings/errors.ts";
import { attach, hasState } from "./attach.ts";
import { postOnce } from "./comment/discussion.ts";
import { currentDiscussion } from "./comment.ts";
import { projectRoot } from "./paths.ts";

interface Ran {
  readonly code: number;
  readonly stderr: string;
}

/** Runs our own preview, its text shown as it comes. */
function preview(args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`${projectRoot}/ops/main.ts`, "preview", ...args], {
      stdio: ["ignore", "inherit", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      process.stderr.write(text);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, stderr }));
  });
}

/** What stands under the change when the preview was refused, in place of an older preview that no longer holds. */
export function refusal(stack: string, said: string): string {
  // A fence longer than any inside can't be closed from within.
  const longest = Math.max(2, ...[...said.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [
    `<!-- cerberus-preview:${stack} -->`,
    `### Preview of ${stack} was refused`,
    "",
    `${fence}text`,
    said.trim(),
    fence,
    "",
  ].join("\n");
}

export function registerReview(program: Command): void {
  program
    .command("review")
    .description(
      "for CI: preview a change, and put it under its pull or merge request and into the job's summary; exit code 1 = refused, else 0",
    )
    .requiredOption("--stack <name>", "stack to preview")
    .option("--base <revision>", "without a state backend: compare with this commit instead of the state")
    .action(async ({ stack, base }: { stack: string; base?: string }) => {
      const folder = mkdtempSync(`${tmpdir()}/cerberus-review-`);
      try {
        const file = `${folder}/preview.md`;
        const { code, stderr } = await preview([
          ...["--stack", stack, "--markdown", file],
          ...(await comparedWith(stack, base)),
        ]);
        const text = existsSync(file) ? readFileSync(file, "utf8") : refusal(stack, stderr);
        const summary = process.env["GITHUB_STEP_SUMMARY"];
        if (summary) appendFileSync(summary, text);
        await tell(text);
        // 2 says that there are changes: no failure in a review.
        process.exitCode = code === 2 ? 0 : code;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
}

/** The state where there is one, else another commit. */
async function comparedWith(stack: string, base: string | undefined): Promise<string[]> {
  if (hasState(projectRoot)) {
    await attach(projectRoot, stack);
    return [];
  }
  if (base) return ["--base", base];
  throw new UserError(
    "there is no state backend, and no commit to compare with",
    "set PULUMI_BACKEND_URL as docs/ci.md says, or pass --base <revision>",
  );
}

/** A job that may not comment (a fork's, one without a token) still has the text in its log. */
async function tell(text: string): Promise<void> {
  const discussion = currentDiscussion(process.env);
  if (!discussion) {
    process.stdout.write("no comment: this job runs for no pull or merge request, or has no token\n");
    return;
  }
  try {
    process.stdout.write(`comment ${await postOnce(discussion, text)} on ${discussion.name}\n`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stdout.write(`no comment: ${error.message}\n`);
  }
}
