import type { Command } from "commander";
import { Option } from "commander";
import type { StackOutputs } from "../infra/outputs.ts";
import { UserError } from "../infra/settings/errors.ts";
import { didYouMean } from "../infra/settings/problems.ts";
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

interface Options {
  readonly stack: string;
  readonly format: EnvFormat;
  readonly json?: boolean;
  readonly key?: string;
  readonly output?: string;
}

/**
 * The variables with the agent key, or with an access key.
 * @throws UserError when there is no such key, or its value is nowhere
 */
export function withKey(
  { cerberusEnv, access, accessKeys }: Pick<StackOutputs, "cerberusEnv" | "access" | "accessKeys">,
  id?: string,
): Readonly<Record<string, string>> {
  if (id === undefined) return cerberusEnv;
  const value = accessKeys[id];
  if (value !== undefined) return { ...cerberusEnv, LITELLM_MASTER_KEY: value };
  if (Object.hasOwn(access.keys, id)) {
    throw new UserError(
      `the key "${id}" was made elsewhere and adopted: only who made it knows its value`,
      `give it a value of its own: npm run rotate -- key ${id} --stack NAME`,
    );
  }
  const known = Object.keys(accessKeys);
  throw new UserError(
    `no key is called "${id}"${didYouMean(id, known)}; there are: ${known.join(", ") || "none"}`,
    "define it under access.keys, then run pulumi up",
  );
}

export function registerEnv(program: Command): void {
  program
    .command("env")
    .description("the variables a Cerberus agent needs, with the limited agent key (never the master key)")
    .requiredOption("--stack <name>", "stack to read")
    .addOption(new Option("--format <format>").choices(["dotenv", "export", "json"]).default("dotenv"))
    .option("--json", "same as --format json")
    .option("--key <id>", "with the key of this id, as defined in `access`, in place of the agent key")
    .option("--output <file>", "write to a file of mode 0600 instead of printing")
    .action(async (options: Options) => {
      const outputs = await readOutputs(projectRoot, options.stack);
      const text = formatEnv(withKey(outputs, options.key), options.json ? "json" : options.format);
      if (options.output === undefined) process.stdout.write(text);
      else writeFileAtomic(options.output, text);
    });
}
