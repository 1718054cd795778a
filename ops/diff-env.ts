import type { Command } from "commander";
import { type Problem, SettingsError } from "../infra/settings/errors.ts";
import { parseConfig } from "../infra/settings/parse.ts";
import { readStackFile } from "../infra/settings/stack-file.ts";
import { columns } from "./columns.ts";
import { projectRoot } from "./paths.ts";

export interface Difference {
  readonly setting: string;
  readonly left: unknown;
  readonly right: unknown;
}

/**
 * What two environments set differently, by their profiles and committed stack files; a clone's own values are not asked.
 * @throws SettingsError when one of them is not whole
 */
export function differences(root: string, left: string, right: string): Difference[] {
  const [a, b] = [flatten(configOf(root, left)), flatten(configOf(root, right))];
  return [...new Set([...a.keys(), ...b.keys()])]
    .sort()
    .map((setting) => ({ setting, left: a.get(setting), right: b.get(setting) }))
    .filter((row) => JSON.stringify(row.left) !== JSON.stringify(row.right));
}

function configOf(root: string, stack: string): object {
  const problems: Problem[] = [];
  const config = parseConfig(readStackFile(root, stack), stack, [], problems);
  if (!config) throw new SettingsError(stack, problems);
  return config;
}

/** Leaves by their path. */
function flatten(value: object, prefix = ""): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  for (const [key, part] of Object.entries(value) as [string, unknown][]) {
    const path = `${prefix}${key}`;
    if (typeof part === "object" && part !== null && !Array.isArray(part)) {
      for (const [inner, leaf] of flatten(part, `${path}.`)) leaves.set(inner, leaf);
    } else if (part !== undefined) leaves.set(path, part);
  }
  return leaves;
}

export function registerDiffEnv(program: Command): void {
  program
    .command("diff-env")
    .description("what two environments set differently, by profile and committed stack file")
    .argument("<left>", "stack or profile, such as dev")
    .argument("<right>", "another one, such as prod")
    .option("--json", "print JSON")
    .action((left: string, right: string, { json }: { json?: boolean }) => {
      const rows = differences(projectRoot, left, right);
      if (json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
      else process.stdout.write(columns([["setting", left, right], ...rows.map(cells)]));
    });
}

const cells = ({ setting, left, right }: Difference): string[] => [setting, show(left), show(right)];
const show = (value: unknown): string => (value === undefined ? "–" : JSON.stringify(value));
