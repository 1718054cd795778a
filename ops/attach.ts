import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../infra/settings/errors.ts";
import { keepEngineTls } from "./engine-tls.ts";
import { writeFileAtomic } from "./files.ts";
import { localPaths } from "./paths.ts";
import { runPulumi } from "./pulumi.ts";

/** Whether a job can work on the stack's state: in a clone that was set up, or with all that a fresh checkout needs. A fork's job has no secrets. */
export const hasState = (root: string): boolean =>
  existsSync(localPaths(root).envJson) ||
  Boolean(process.env["PULUMI_BACKEND_URL"] && process.env["CERBERUS_STACK_FILE"]);

/**
 * Makes a fresh checkout, such as a CI job's, able to work on a stack whose state lies in a shared backend. Its own stack file
 * (encryption salt, ciphertexts) is not in git: CERBERUS_STACK_FILE brings its text. Does nothing in a clone that set-up made.
 * @throws UserError when a backend, the stack or the stack file is missing
 */
export async function attach(root: string, stack: string): Promise<void> {
  const text = process.env["CERBERUS_STACK_FILE"];
  if (!text) {
    if (process.env["PULUMI_BACKEND_URL"] || existsSync(localPaths(root).envJson)) return;
    throw new UserError(
      "no state backend is named here",
      "set PULUMI_BACKEND_URL (and CERBERUS_STACK_FILE) as docs/ci.md says, or run ./setup.sh",
    );
  }
  const file = `${localPaths(root).stacks}/Pulumi.${stack}.yaml`;
  if (existsSync(file) && readFileSync(file, "utf8").trim() !== text.trim()) {
    throw new UserError(
      `${file} is there already, and CERBERUS_STACK_FILE holds another text`,
      "unset CERBERUS_STACK_FILE: it is for fresh checkouts",
    );
  }
  writeFileAtomic(file, `${text.trim()}\n`);
  const selected = await runPulumi({ root, args: ["stack", "select", stack] });
  if (selected.code !== 0) {
    throw new UserError(
      `the stack "${stack}" can't be opened in ${process.env["PULUMI_BACKEND_URL"] || "the backend"}: ${lastLine(selected.stderr)}`,
      "check PULUMI_BACKEND_URL and its credentials; a new stack is made once with ./setup.sh against that backend",
    );
  }
  await keepEngineTls(root, stack);
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
