import type { Command } from "commander";
import { Option } from "commander";
import { writeFileAtomic } from "./files.ts";
import { projectRoot } from "./paths.ts";
import { readOutputs } from "./stack-outputs.ts";

export type EnvFormat = "dotenv" | "export" | "json";

/** Text of the variables; values are quoted so that a shell and a dotenv reader take them alike. */
export function formatEnv(env: Readonly<Record<string, string>>, format: EnvFormat): string {
  if (format === "json") return `${JSON.stringify(env, null, 2)}\n`;
  const prefix = format === "export" ? "export " : "";
  const quote = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;
  return Object.entries(env)
    .map(([name, value]) => `${prefix}${name}=${quote(value)}\n`)
    .join("");
}

export function registerEnv(program: Command): void {
  program
    .command("env")
    .description("the variables a Cerberus agent needs, with the limited agent key (never the master key)")
    .requiredOption("--stack <name>", "stack to read")
    .addOption(new Option("--format <format>").choices(["dotenv", "export", "json"]).default("dotenv"))
    .option("--json", "same as --format json")
    .option("--output <file>", "write to a file of mode 0600 instead of printing")
    .action(async (options: { stack: string; format: EnvFormat; json?: boolean; output?: string }) => {
      const { cerberusEnv } = await readOutputs(projectRoot, options.stack);
      const text = formatEnv(cerberusEnv, options.json ? "json" : options.format);
      if (options.output === undefined) process.stdout.write(text);
      else writeFileAtomic(options.output, text);
    });
}
