import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute } from "node:path";
import type { Command } from "commander";
import * as z from "zod";
import { engineName } from "../../infra/names.ts";
import { UserError } from "../../infra/settings/errors.ts";
import { docker } from "../docker.ts";
import { runPulumi } from "../pulumi.ts";

/** Stack outputs that say where the log is; none of them is a secret. */
const AuditOutputs = z.object({
  auditLog: z
    .union([z.strictObject({ folder: z.string() }), z.strictObject({ volume: z.string() })])
    .nullish(),
  auditPublicKey: z.string().nullish(),
  dockerHost: z.string().default(""),
});
export type AuditOutputs = z.infer<typeof AuditOutputs>;

export interface LogOptions {
  readonly stack?: string;
  readonly dir?: string;
}

/** Where a log is. */
export interface LogPlace extends Disposable {
  readonly folder: string;
  /** Key that signs it, as the stack says. */
  readonly publicKey: string | undefined;
  /** Engine of the stack; empty = the CLI's default. */
  readonly dockerHost: string;
  /** A copy of what lies on another engine: it does not grow. */
  readonly copied: boolean;
}

/** Adds the options that say which log is meant. */
export const withPlace = (command: Command): Command =>
  command
    .option("--stack <name>", "stack whose log to read (logs/<stack>/ unless its outputs say otherwise)")
    .option("--dir <folder>", "folder that holds litellm_audit.jsonl, wherever it came from");

/**
 * Finds the log that the options mean; a log in a volume of another engine is copied into a private folder first.
 * @throws UserError when neither a stack nor a folder is named
 */
export async function locateLog(
  root: string,
  { stack, dir }: LogOptions,
  outputsOf: (root: string, stack: string) => Promise<AuditOutputs | undefined> = readAuditOutputs,
): Promise<LogPlace> {
  if (dir !== undefined) return place(dir);
  if (stack === undefined) {
    throw new UserError("which log is not said", "name the stack, --stack dev, or a folder, --dir logs/dev");
  }
  const outputs = await outputsOf(root, stack);
  const publicKey = outputs?.auditPublicKey ?? undefined;
  const log = outputs?.auditLog;
  if (log && "volume" in log) {
    const copy = mkdtempSync(`${tmpdir()}/cerberus-audit-`);
    const remove = () => rmSync(copy, { recursive: true, force: true });
    try {
      const from = `${engineName(stack, "audit")}:/var/log/cerberus/.`;
      await docker(["cp", from, copy], { host: outputs?.dockerHost });
    } catch (error) {
      remove();
      throw error;
    }
    return {
      folder: copy,
      publicKey,
      dockerHost: outputs?.dockerHost ?? "",
      copied: true,
      [Symbol.dispose]: remove,
    };
  }
  const folder = log?.folder ?? `logs/${stack}`;
  return place(isAbsolute(folder) ? folder : `${root}/${folder}`, publicKey, outputs?.dockerHost);
}

const place = (folder: string, publicKey?: string, dockerHost = ""): LogPlace => ({
  folder,
  publicKey,
  dockerHost,
  copied: false,
  [Symbol.dispose]: () => undefined,
});

/** What the stack says of its log; undefined where there is no such stack (any more): its log may still be there. */
async function readAuditOutputs(root: string, stack: string): Promise<AuditOutputs | undefined> {
  try {
    const { code, stdout } = await runPulumi({ root, args: ["stack", "output", "--json", "--stack", stack] });
    return code === 0 ? AuditOutputs.parse(JSON.parse(stdout)) : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined; // no pulumi here: a log can be read without it
    throw error;
  }
}
