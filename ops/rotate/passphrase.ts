import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UserError } from "../../infra/settings/errors.ts";
import { readNamedFile } from "../files.ts";

/** Environment variable that may hold the passphrase, for runs without a terminal. */
export const passphraseVariable = "CERBERUS_ESCROW_PASSPHRASE";

/**
 * The passphrase of an escrow file: from a file, the environment, or the terminal, where it is not shown.
 * @throws UserError when there is none, or its two entries differ
 */
export async function readPassphrase(file: string | undefined, twice: boolean): Promise<string> {
  if (file !== undefined) return readNamedFile(file).replace(/\r?\n$/, "");
  const given = process.env[passphraseVariable];
  if (given) return given;
  if (!process.stdin.isTTY) {
    throw new UserError(
      "no passphrase is given, and there is no terminal to ask on",
      `name a file of mode 0600, --passphrase-file FILE, or set ${passphraseVariable}`,
    );
  }
  const first = await ask("Passphrase of the escrow file: ");
  if (twice && (await ask("Once more: ")) !== first)
    throw new UserError("the two entries differ", "run the command again");
  return first;
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await terminal.question("");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
