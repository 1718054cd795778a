import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import type { StackOutputs } from "../../infra/outputs.ts";
import { UserError } from "../../infra/settings/errors.ts";
import { localPaths } from "../paths.ts";
import { asText, type Report } from "../preview/report.ts";
import { preview } from "../preview.ts";
import { pulumi } from "../pulumi.ts";
import { readOutputs, UnfinishedUpError } from "../stack-outputs.ts";
import { type Kind, rotations } from "./generations.ts";
import { prove } from "./prove.ts";
import { readSecrets } from "./state.ts";

export type Log = (line: string) => void;

/** Applies what the configuration says. Resumable: what was done before a cut is done. */
export async function up(root: string, stack: string, log: Log): Promise<void> {
  log("pulumi up …");
  await pulumi({
    root,
    args: ["up", "--yes", "--skip-preview", "--stack", stack, "--color", "never"],
    onOutput: (part) => {
      for (const line of part.split("\n"))
        if (/(replacing|updating|creating|deleting|replaced|updated|created|deleted) \(|error:/.test(line))
          log(`  ${line.trim()}`);
    },
  });
}

/**
 * Outputs of a stack whose last up came to its end. One that was cut off is finished first, and not rotated: raising a number
 * twice would skip a generation that may be in use half-way.
 * @throws UserError after finishing it
 */
export async function settled(root: string, stack: string, log: Log): Promise<StackOutputs> {
  const outputs = await readOutputs(root, stack).catch((error: unknown) => {
    if (error instanceof UnfinishedUpError) return undefined;
    throw error;
  });
  if (outputs !== undefined) return outputs;
  await up(root, stack, log);
  throw new UserError(
    "the stack's last up had been cut off; it is finished now, and nothing else was rotated",
    "run the command again, if the rotation is still wanted",
  );
}

const setting = (kind: Kind): string => `rotation.${kind}`;

/** Raises a secret's generation, applies it, and proves that the old value is refused and the new one accepted. */
export async function rotate(root: string, stack: string, kind: Kind, log: Log): Promise<void> {
  const outputs = await settled(root, stack, log);
  const before = { outputs, secrets: await readSecrets(root, stack) };
  const next = outputs.rotation[kind] + 1;
  await pulumi({
    root,
    args: ["config", "set", "--stack", stack, "--path", setting(kind), String(next)],
  });
  log(`${setting(kind)} is ${next} in the stack's configuration`);
  await up(root, stack, log);
  const after = { outputs: await readOutputs(root, stack), secrets: await readSecrets(root, stack) };
  await prove(kind, before, after);
  log(`${rotations[kind].what}: generation ${next} is in use, and the former one is refused`);
}

/** Says what a rotation would do, from a copy of the stack's configuration: nothing is changed. */
export async function rehearse(root: string, stack: string, kind: Kind): Promise<string> {
  const { rotation } = await readOutputs(root, stack);
  const { what, steps } = rotations[kind];
  const next = rotation[kind] + 1;
  const report = asText(await previewWith(root, stack, [["set", "--path", setting(kind), String(next)]]));
  return `rotates ${what}: generation ${rotation[kind]} → ${next}\n${numbered(steps)}\n${report}\nnothing was changed: this was --dry-run\n`;
}

export const numbered = (steps: readonly string[]): string =>
  steps.map((step, index) => `  ${index + 1}. ${step}\n`).join("");

/**
 * What an up would do, were the stack's configuration another one: a copy of it is changed.
 * @param changes arguments of `pulumi config`
 */
export async function previewWith(
  root: string,
  stack: string,
  changes: readonly (readonly string[])[],
): Promise<Report> {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-rotate-`);
  try {
    const file = `${folder}/Pulumi.${stack}.yaml`;
    const own = `${localPaths(root).stacks}/Pulumi.${stack}.yaml`;
    if (existsSync(own)) copyFileSync(own, file);
    const with_ = ["--config-file", file];
    for (const [verb = "", ...change] of changes)
      await pulumi({ root, args: ["config", verb, "--stack", stack, ...change, ...with_] });
    return await preview(root, stack, with_);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
