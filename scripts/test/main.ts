import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { Command } from "commander";
import { projectRoot as root } from "../../ops/paths.ts";
import { runToExit } from "../../ops/run.ts";
import { type Check, checks } from "./checks.ts";

interface Outcome {
  readonly check: Check;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

/** Runs one check, its output shown as it comes; a vitest project counts its tests, anything else counts as one. */
async function run(check: Check): Promise<Outcome> {
  process.stdout.write(`\n── ${check.name}\n`);
  const from = performance.now();
  const folder = mkdtempSync(`${tmpdir()}/cerberus-test-`);
  try {
    const report = `${folder}/report.json`;
    const extra = check.vitest
      ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
      : [];
    const code = await execute([...check.command, ...extra]);
    const seconds = (performance.now() - from) / 1000;
    return {
      check,
      seconds,
      ...(check.vitest ? count(report, code) : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function execute([command = "", ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", (error) => {
      process.stdout.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** A run that failed without a failing test (a broken hook, a crash) counts as one failure more. */
function count(report: string, code: number): { passed: number; failed: number } {
  try {
    const result = JSON.parse(readFileSync(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
    };
    const notRun = result.numPendingTests;
    const failed = result.numFailedTests + notRun;
    return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const program = new Command("test.sh")
  .description('Every test there is. Installs what it needs; ends with a line "N passed, N failed".')
  .argument("[names...]", `only these: ${checks.map(({ name }) => name).join(", ")}`)
  .showHelpAfterError()
  .action(async (names: string[]) => {
    const unknown = names.filter((name) => !checks.some((check) => check.name === name));
    if (unknown.length > 0) program.error(`error: unknown check: ${unknown.join(", ")}`);
    const outcomes: Outcome[] = [];
    for (const check of checks)
      if (names.length === 0 || names.includes(check.name)) outcomes.push(await run(check));
    const sum = (pick: (outcome: Outcome) => number) =>
      outcomes.reduce((total, outcome) => total + pick(outcome), 0);
    process.stdout.write("\n   seconds  passed  failed  check\n");
    for (const { check, passed, failed, seconds } of outcomes) {
      const cells = [seconds.toFixed(1).padStart(10), String(passed).padStart(7), String(failed).padStart(7)];
      process.stdout.write(`${cells.join(" ")}  ${check.name}\n`);
    }
    process.stdout.write(
      `${sum((o) => o.seconds)
        .toFixed(1)
        .padStart(10)}  in all\n\n`,
    );
    const failed = sum((o) => o.failed);
    if (failed > 0) process.exitCode = 1;
    process.stdout.write(`${sum((o) => o.passed)} passed, ${failed} failed\n`);
  });

await runToExit(async () => {
  await program.parseAsync();
});
