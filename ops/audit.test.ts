import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, expect, test } from "vitest";
import { projectRoot } from "./paths.ts";

const golden = `${projectRoot}/tests/vectors/audit`;
const folder = mkdtempSync(`${tmpdir()}/audit-command-`);
afterAll(() => rmSync(folder, { recursive: true }));

function cerberus(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${projectRoot}/ops/main.ts`, ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("the exit code says whether a log is intact, damaged, or can't be read", () => {
  const key = readFileSync(`${golden}/public-key.txt`, "utf8").trim();
  const whole = cerberus("audit", "verify", "--dir", golden, "--public-key", key);
  expect(whole).toMatchObject({ status: 0, stderr: "" });
  expect(whole.stdout).toMatch(/^INTACT: 11 lines in 2 files/);

  cpSync(golden, folder, { recursive: true });
  const active = `${folder}/litellm_audit.jsonl`;
  writeFileSync(active, readFileSync(active, "utf8").replace("key/generate", "key/delete"));
  const damaged = cerberus("audit", "verify", "--dir", folder);
  expect(damaged.status).toBe(2);
  expect(damaged.stdout).toMatch(/litellm_audit\.jsonl:4 \(byte \d+, seq 9\) changed: found/);
  expect(JSON.parse(cerberus("audit", "verify", "--dir", folder, "--json").stdout)).toMatchObject({
    intact: false,
  });

  expect(cerberus("audit", "verify", "--dir", `${folder}/none`)).toMatchObject({ status: 1, stdout: "" });
}, 30_000);

test("an export goes to a new file that only its owner may read", () => {
  const file = `${folder}/out.csv`;
  expect(
    cerberus("audit", "export", "--dir", golden, "--columns", "seq,event_type", "--out", file).status,
  ).toBe(0);
  expect(readFileSync(file, "utf8")).toMatch(/^seq,event_type\r\n1,log_opened\r\n/);

  const again = cerberus("audit", "export", "--dir", golden, "--out", file);
  expect(again.status).toBe(1);
  expect(again.stderr).toMatch(/out\.csv exists\n {2}fix: name a new file/);
}, 30_000);
