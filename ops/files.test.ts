import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { readNamedFile } from "./files.ts";

test("a file that a user named is read, or it is said why not", () => {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-files-`);
  writeFileSync(`${folder}/a`, "text\n");
  expect(readNamedFile(`${folder}/a`)).toBe("text\n");
  expect(() => readNamedFile(`${folder}/b`)).toThrow(/\/b: there is no such file/);
  expect(() => readNamedFile(folder)).toThrow(/it can't be read \(EISDIR\)/);
});
