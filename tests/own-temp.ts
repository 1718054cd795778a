import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

/** Gives a run of tests a folder for temporary files of its own, and removes it with all they left there. */
export default function setup(): () => void {
  const before = process.env["TMPDIR"];
  const folder = mkdtempSync(`${tmpdir()}/cerberus-tests-`);
  process.env["TMPDIR"] = folder;
  return () => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(folder, { recursive: true, force: true });
  };
}
