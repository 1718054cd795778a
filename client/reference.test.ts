import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the reference in docs/ is the code's", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const made = mkdtempSync(`${tmpdir()}/cerberus-reference-`);
  try {
    execFileSync("npm", ["run", "--silent", "docs:client", "--", "--out", made], {
      cwd: root,
      stdio: "pipe",
    });
    const read = (folder: string) =>
      Object.fromEntries(
        readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`, "utf8")]),
      );
    expect(read(made), "npm run docs:client brings it up to date").toEqual(
      read(`${root}/docs/reference/client`),
    );
  } finally {
    rmSync(made, { recursive: true });
  }
}, 120_000);
