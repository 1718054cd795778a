import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

const before = process.env["TMPDIR"];
let folder: string;

/** Gives a run of tests a folder of its own for temporary files. */
export function setup(): void {
  folder = mkdtempSync(`${tmpdir()}/cerberus-tests-`);
  process.env["TMPDIR"] = folder;
}

/** Removes the folder with all that the tests left there. */
export function teardown(): void {
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  rmSync(folder, { recursive: true, force: true });
}
