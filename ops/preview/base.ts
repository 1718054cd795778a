import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { UserError } from "../../infra/settings/errors.ts";
import { consequences } from "./consequences.ts";
import { renderedChanges } from "./rendered-diff.ts";
import { makeReport, type Report } from "./report.ts";
import { Snapshot, stepsBetween } from "./snapshot.ts";

/** What renders a tree; it is run in the tree that it renders. */
const script = "ops/preview/render-stack.ts";

/**
 * Compares the working tree with another commit: both programs run, each with its own code, and ask for no state, no engine
 * and no secret.
 * @param base any name of a commit that git knows
 * @throws UserError when git doesn't know it, it is too old, or one of the two refuses its settings
 */
export async function previewFrom(root: string, stack: string, base: string): Promise<Report> {
  const commit = await commitOf(root, base);
  const folder = mkdtempSync(`${tmpdir()}/cerberus-base-`);
  try {
    await checkOut(root, commit, folder);
    if (!existsSync(`${folder}/${script}`)) {
      throw new UserError(
        `${base} (${short(commit)}) holds no ${script}: it is older than previews between commits`,
        "choose a later commit as the base",
      );
    }
    symlinkSync(`${root}/node_modules`, `${folder}/node_modules`);
    const [after, before] = await both(
      render(root, stack, "the working tree"),
      render(folder, stack, `the base ${base} (${short(commit)})`),
    );
    const steps = stepsBetween(before, after);
    const files = renderedChanges(steps);
    const notes = [
      `compared with ${base} (${short(commit)}), without a state: what runs today is not asked`,
      "every provider counts as set up; values that only one clone has (pulumi config set) are not asked",
      ...(samePackages(root, folder)
        ? []
        : ["the base was rendered with this tree's packages: its lock file differs"]),
    ];
    return makeReport(stack, steps, consequences(steps, files), files, notes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits for both, so that neither still reads what is removed afterwards; the first one's failure is told before the other's. */
async function both<T>(first: Promise<T>, second: Promise<T>): Promise<[T, T]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

const short = (commit: string): string => commit.slice(0, 10);

async function commitOf(root: string, base: string): Promise<string> {
  const args = ["-C", root, "rev-parse", "--verify", "--quiet", "--end-of-options", `${base}^{commit}`];
  const { code, stdout } = await run("git", args);
  if (code === 0) return stdout.trim();
  throw new UserError(
    `git knows no commit "${base}"`,
    "name a branch, tag or commit; a shallow checkout must fetch it first (git fetch origin <branch>)",
  );
}

async function checkOut(root: string, commit: string, folder: string): Promise<void> {
  const archive = `${folder}/.archive.tar`;
  const made = await run("git", ["-C", root, "archive", "--format=tar", "--output", archive, commit]);
  const taken = made.code === 0 ? await run("tar", ["-xf", archive, "-C", folder]) : made;
  if (taken.code !== 0) {
    throw new UserError(
      `the commit ${short(commit)} could not be checked out: ${taken.stderr.trim()}`,
      "mend what git or tar says",
    );
  }
}

async function render(tree: string, stack: string, what: string): Promise<Snapshot> {
  // Node's own environment and nothing else: another commit's code gets no key of ours.
  const env = { PATH: process.env["PATH"], NO_COLOR: "1", PULUMI_ERROR_OUTPUT_STRING: "1" };
  const { code, stdout, stderr } = await run(process.execPath, [`${tree}/${script}`, stack], {
    cwd: tree,
    env,
  });
  if (code !== 0) {
    throw new UserError(
      `${what} can't be rendered:\n  ${lastWords(stderr)}`,
      "mend it, or choose another base",
    );
  }
  const parsed = Snapshot.safeParse(json(stdout));
  if (parsed.success) return parsed.data;
  throw new UserError(
    `${what} describes itself in a form that this tree doesn't know`,
    "choose a base that is nearer to this tree",
  );
}

const lastWords = (stderr: string): string =>
  stderr
    .trim()
    .replace(/^error: /, "")
    .split("\n")
    .slice(0, 40)
    .join("\n  ");

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const samePackages = (a: string, b: string): boolean =>
  readFileSync(`${a}/package-lock.json`, "utf8") === readFileSync(`${b}/package-lock.json`, "utf8");

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string | undefined> } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: 120_000, maxBuffer: 64 * 1024 * 1024, encoding: "utf8" } as const;
    execFile(command, args, { ...limits, ...options }, (error, stdout, stderr) => {
      if (error && (error as NodeJS.ErrnoException).code === "ENOENT") {
        reject(new UserError(`${command} was not found`, `install ${command}`));
      } else resolve({ code: error === null ? 0 : 1, stdout, stderr });
    });
  });
}
