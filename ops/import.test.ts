import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { fixture, withModel } from "./import/testing.ts";
import { projectRoot } from "./paths.ts";

const folder = mkdtempSync(`${tmpdir()}/cerberus-import-`);
const write = (name: string, text: string): string => {
  writeFileSync(`${folder}/${name}`, text);
  return name;
};

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`${projectRoot}/ops/main.ts`, "import", ...args],
    {
      cwd: projectRoot,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], INIT_CWD: folder, NO_COLOR: "1" },
    },
  );
  return { status, stdout, stderr };
}

describe("npm run import", { timeout: 60_000 }, () => {
  test("a clean set-up is 0, one with defects 2; paths are meant from where it was called", () => {
    write("clean.yaml", withModel(""));
    expect(run("clean.yaml", "--out", "clean-gateway.yaml")).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(`${folder}/clean-gateway.yaml`, "utf8")).toContain("provider: openai");
    expect(statSync(`${folder}/clean-gateway.yaml`).mode & 0o777).toBe(0o644);

    const { status, stdout } = run(fixture("seed.yaml"), "--out", "seed-gateway.yaml", "--json");
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      written: `${folder}/seed-gateway.yaml`,
      counts: { models: 1 },
    });
  });

  test("what is there already is overwritten only by force", () => {
    write("own.yaml", "mine\n");
    write("a.yaml", withModel(""));
    const refused = run("a.yaml", "--out", "own.yaml");
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/is there already\n {2}fix: .*--force/);
    expect(readFileSync(`${folder}/own.yaml`, "utf8")).toBe("mine\n");
    expect(run("a.yaml", "--out", "own.yaml", "--force").status).toBe(0);
  });

  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
    .split("")
    .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`)
    .join("\n")}\nmodel_list: *i\n`;

  test.each<[string, string, string, RegExp]>([
    ["no file", "", "", /there is no such file/],
    ["something else", "x.yaml", "a: 1\n", /neither a LiteLLM configuration/],
    ["a list", "x.yaml", "- model_list\n", /neither a LiteLLM configuration/],
    ["an alias bomb", "x.yaml", bomb, /x\.yaml: /],
    ["a key twice", "x.yaml", "model_list: []\nmodel_list: []\n", /x\.yaml:2:1: Map keys must be unique/],
    [
      "a tag of its own",
      "x.yaml",
      "model_list: !!python/object:os.system x\n",
      /x\.yaml:1:13: Unresolved tag/,
    ],
    [
      "brackets without end",
      "x.yaml",
      `model_list: ${"[".repeat(50_000)}\n`,
      /x\.yaml:1:\d+: is nested too deeply/,
    ],
    ["two documents", "x.yaml", "model_list: []\n---\na: 1\n", /x\.yaml:/],
    ["no model that can be had", "x.yaml", "model_list: []\n", /no model can be imported/],
    ["too much", "x.yaml", `# ${"x".repeat(5 * 1024 * 1024)}\nmodel_list: []\n`, /larger than 4 MiB/],
  ])("%s is refused: 1, no stack trace, nothing written", (_what, name, text, says) => {
    if (name !== "") write(name, text);
    const { status, stderr } = run(name === "" ? "nowhere.yaml" : name, "--out", "never.yaml");
    expect(status).toBe(1);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain("of stack");
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(existsSync(`${folder}/never.yaml`)).toBe(false);
  });

  test("prototype keys pollute nothing", () => {
    write(
      "proto.yaml",
      withModel(
        "__proto__: { polluted: true }\nrouter_settings: { model_group_alias: { __proto__: gpt, constructor: gpt } }\n",
      ),
    );
    expect(run("proto.yaml", "--out", "proto-gateway.yaml")).toMatchObject({ status: 0, stderr: "" });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("--help says what it takes and what it never does", () => {
    const { stdout } = run("--help");
    expect(stdout).toMatch(/Secrets are never printed and never written/);
    expect(stdout).toMatch(/--out <file>[\s\S]*--force[\s\S]*--json/);
  });
});
