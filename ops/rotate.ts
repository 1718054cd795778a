import { existsSync, readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { UserError } from "../infra/settings/errors.ts";
import { readProviders } from "../scripts/setup/provider-keys.ts";
import { readNamedFile, writeFileAtomic } from "./files.ts";
import { projectRoot } from "./paths.ts";
import { seal, unseal } from "./rotate/escrow.ts";
import { type Kind, rotations } from "./rotate/generations.ts";
import { rehearsalText, rehearseKey, rotateKey } from "./rotate/key.ts";
import { usualOverlap } from "./rotate/key-plan.ts";
import { readPassphrase } from "./rotate/passphrase.ts";
import { keyVariable, rotateProviderKey } from "./rotate/provider-key.ts";
import { rehearse, rotate } from "./rotate/rotate.ts";
import { readSecrets } from "./rotate/state.ts";

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export function registerRotate(program: Command): void {
  const command = program
    .command("rotate")
    .description("renew a secret without a failed request, and prove it; escrow and restore of the salt key");
  for (const kind of Object.keys(rotations) as Kind[]) {
    command
      .command(kind)
      .description(`renew ${rotations[kind].what}`)
      .requiredOption("--stack <name>", "stack to work on")
      .option("--dry-run", "say what would happen, and change nothing")
      .action(async ({ stack, dryRun }: { stack: string; dryRun?: boolean }) => {
        if (dryRun) process.stdout.write(await rehearse(projectRoot, stack, kind));
        else await rotate(projectRoot, stack, kind, log);
      });
  }
  registerKey(command);
  registerProvider(command);
  registerEscrow(command);
  registerUnseal(command);
}

interface KeyOptions {
  readonly stack: string;
  readonly overlap: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

function registerKey(command: Command): void {
  command
    .command("key")
    .description("give a virtual key another value in this stack; the former one stays valid for a while")
    .argument("<name>", "id of the key in access.keys, or: agent (the agent key)")
    .requiredOption("--stack <name>", "stack to work on")
    .option(
      "--overlap <days>",
      "how long the former value stays valid; 0 ends it at once",
      days,
      usualOverlap,
    )
    .option("--dry-run", "say what would happen, and change nothing")
    .option("--json", "print JSON; what is done meanwhile goes to standard error")
    .action(async (name: string, { stack, overlap, dryRun, json }: KeyOptions) => {
      const print = (value: object, text: string): void => {
        process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text);
      };
      if (dryRun) {
        const rehearsal = await rehearseKey(projectRoot, stack, name, overlap);
        print(rehearsal, rehearsalText(rehearsal));
        return;
      }
      const say = json ? (line: string) => void process.stderr.write(`${line}\n`) : log;
      print(await rotateKey(projectRoot, stack, name, overlap, say), "");
    });
}

function days(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 365) return Number(text);
  throw new InvalidArgumentError("must be a number of days, from 0 to 365.");
}

function registerProvider(command: Command): void {
  command
    .command("provider")
    .description("put a new provider key into use; it is read from .env, or from standard input with --stdin")
    .argument("<name>", "provider (openai), or the variable of its key (OPENAI_API_KEY)")
    .requiredOption("--stack <name>", "stack to work on")
    .option("--stdin", "read the new key from standard input")
    .option("--dry-run", "say what would happen, and change nothing")
    .action(async (name: string, options: { stack: string; stdin?: boolean; dryRun?: boolean }) => {
      const variable = keyVariable(name);
      if (options.dryRun) {
        log(
          `would store the new ${variable} encrypted in the stack's configuration, replace the LiteLLM replicas one after`,
        );
        log(
          "the other, prove that each holds it and that the provider answers; the former key stays valid until you",
        );
        log("revoke it at the provider. nothing was changed: this was --dry-run");
        return;
      }
      const value = options.stdin ? readFileSync(0, "utf8").trim() : fromDotenv(variable);
      if (value === "")
        throw new UserError(`the new ${variable} is empty`, "give its value on standard input");
      await rotateProviderKey(projectRoot, options.stack, variable, value, log);
    });
}

function fromDotenv(variable: string): string {
  const file = `${projectRoot}/.env`;
  const entry = readProviders(file, [variable]).entries.find(({ name }) => name === variable);
  if (entry) return entry.value;
  throw new UserError(
    `${file} does not hold ${variable}`,
    "write the new key there, or pipe it in with --stdin",
  );
}

interface EscrowOptions {
  readonly stack: string;
  readonly out: string;
  readonly passphraseFile?: string;
}

function registerEscrow(command: Command): void {
  command
    .command("escrow")
    .description(
      "write salt key and generated secrets to a file, encrypted with a passphrase (docs/rotation.md)",
    )
    .requiredOption("--stack <name>", "stack whose secrets to keep")
    .requiredOption("--out <file>", "new file, of mode 0600")
    .option("--passphrase-file <file>", "file that holds the passphrase, instead of asking for it")
    .action(async ({ stack, out, passphraseFile }: EscrowOptions) => {
      if (existsSync(out))
        throw new UserError(`${out} exists`, "name a new file: an escrow overwrites nothing");
      const { generated, salt } = await readSecrets(projectRoot, stack);
      if (salt === undefined)
        throw new UserError(
          `the state of "${stack}" holds no proved salt key`,
          "run pulumi up once, to its end",
        );
      const contents = { stack, created: new Date().toISOString(), saltKey: salt.key, generated };
      writeFileAtomic(out, seal(contents, await readPassphrase(passphraseFile, true)));
      log(`${out} holds the salt key and ${Object.keys(generated).length} secrets of "${stack}", encrypted`);
      log("keep it and its passphrase apart, and neither on this machine alone");
    });
}

function registerUnseal(command: Command): void {
  command
    .command("unseal")
    .description("print the salt key of an escrow file, to be piped into: pulumi config set --secret saltKey")
    .requiredOption("--from <file>", "what `escrow` wrote")
    .option("--passphrase-file <file>", "file that holds the passphrase, instead of asking for it")
    .option("--all", "print everything it holds, as JSON")
    .action(async (options: { from: string; passphraseFile?: string; all?: boolean }) => {
      const text = readNamedFile(options.from);
      const contents = unseal(text, await readPassphrase(options.passphraseFile, false));
      process.stdout.write(options.all ? `${JSON.stringify(contents, null, 2)}\n` : contents.saltKey);
    });
}
