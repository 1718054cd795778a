import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Command } from "commander";
import * as z from "zod";
import { UserError } from "../infra/settings/errors.ts";
import { projectRoot } from "./paths.ts";

export interface SmokeResult {
  readonly passed: number;
  readonly failed: number;
}

/** The parts of vitest's JSON report that we read. */
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().default(""),
      assertionResults: z.array(
        z.object({
          title: z.string(),
          status: z.string(),
          duration: z.number().nullish(),
          failureMessages: z.array(z.string()).default([]),
        }),
      ),
    }),
  ),
});

/**
 * Runs smoke-tests/ against a running stack.
 * @throws UserError naming every failed test and what to look at
 */
export async function runSmoke(
  root: string,
  stack: string,
  log: (line: string) => void,
): Promise<SmokeResult> {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-smoke-`);
  try {
    const report = `${folder}/report.json`;
    const noise = await vitest(root, stack, ["--reporter=json", `--outputFile=${report}`]);
    const files = readReport(report, noise);
    // What a stack has switched off is skipped, and neither good nor bad.
    const ran = files.flatMap((file) => file.assertionResults);
    const tests = ran.filter(({ status }) => status !== "skipped" && status !== "pending");
    for (const { title, status, duration } of tests) {
      log(`${status === "passed" ? "ok    " : "FAILED"} ${title} (${((duration ?? 0) / 1000).toFixed(1)} s)`);
    }
    const failures = [
      ...files
        .filter((file) => file.assertionResults.length === 0)
        .map((file) => `${file.name}: ${file.message}`),
      ...tests
        .filter(({ status }) => status !== "passed")
        .map((t) => `${t.title}: ${firstLine(t.failureMessages[0])}`),
    ];
    if (failures.length === 0 && tests.length > 0) return { passed: tests.length, failed: 0 };
    throw new UserError(
      `${failures.length} smoke tests failed on stack "${stack}":\n  - ${failures.join("\n  - ")}`,
      `see what each names, then: npm run smoke -- --stack ${stack}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function vitest(root: string, stack: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(`${root}/node_modules/.bin/vitest`, ["run", "--project", "smoke", ...args], {
      cwd: root,
      env: { ...process.env, CERBERUS_STACK: stack },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    const keep = (part: Buffer) => {
      text += part.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", reject);
    child.on("close", () => resolve(text));
  });
}

function readReport(file: string, noise: string) {
  try {
    return Report.parse(JSON.parse(readFileSync(file, "utf8"))).testResults;
  } catch {
    const words = noise.trim().split("\n").slice(-12).join("\n  ");
    throw new UserError(`the smoke tests did not run:\n  ${words}`, "mend what the message names");
  }
}

const firstLine = (text = ""): string => text.split("\n")[0] ?? "";

export function registerSmoke(program: Command): void {
  program
    .command("smoke")
    .description("prove that a running stack works: health, models, completions, keys, spend, cache, metrics")
    .requiredOption("--stack <name>", "stack to test")
    .option("--json", "print the result as JSON")
    .action(async ({ stack, json }: { stack: string; json?: boolean }) => {
      const log = (line: string) => (json ? process.stderr : process.stdout).write(`${line}\n`);
      const result = await runSmoke(projectRoot, stack, log);
      process.stdout.write(
        json ? `${JSON.stringify(result)}\n` : `${result.passed} passed, ${result.failed} failed\n`,
      );
    });
}
