import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../paths.ts";
import { previewFrom } from "./base.ts";
import { asMarkdown, asText } from "./report.ts";

const canary = "sk-canary-0123456789abcdef";
let root: string;

const git = (...args: string[]): string =>
  execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
    stdio: ["ignore", "pipe", "pipe"],
  });

const gateway = (extra = ""): string => `models:
  - { name: a, provider: openai, model: gpt-4o-mini }
  - { name: b, provider: anthropic, model: claude-sonnet-4-6 }
fallbacks: { general: { a: [b] } }
${extra}`;

beforeAll(() => {
  root = mkdtempSync(`${tmpdir()}/cerberus-preview-`);
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "-m", "before everything");
  git("tag", "ancient");
  for (const part of [
    "infra",
    "ops",
    "config-templates",
    "images",
    "plugins",
    "package.json",
    "package-lock.json",
  ]) {
    cpSync(`${projectRoot}/${part}`, `${root}/${part}`, {
      recursive: true,
      filter: (path) => !/node_modules|__pycache__|\.cache/.test(path),
    });
  }
  writeFileSync(`${root}/.gitignore`, "node_modules\n");
  writeFileSync(`${root}/gateway.yaml`, gateway());
  git("add", ".");
  git("commit", "--quiet", "-m", "base");
  symlinkSync(`${projectRoot}/node_modules`, `${root}/node_modules`);
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("between a commit and the working tree", { timeout: 60_000 }, () => {
  test("nothing changed is nothing, and how it was found is said", async () => {
    const report = await previewFrom(root, "dev", "HEAD");

    expect(report).toMatchObject({ counts: {}, consequences: [], files: [] });
    expect(asText(report)).toContain("every provider counts as set up");
  });

  test("definitions and settings are weighed with no state, no engine and no passphrase", async () => {
    writeFileSync(
      `${root}/gateway.yaml`,
      gateway(`guardrails:\n  - { name: w, type: content-filter, blockedWords: [{ keyword: ${canary} }] }\n`)
        .replace(/.*name: b.*\n/, "")
        .replace(/fallbacks.*\n/, ""),
    );
    writeFileSync(
      `${root}/Pulumi.dev.yaml`,
      "config:\n  cerberus-gateway:profile: dev\n  cerberus-gateway:replicas: 2\n  cerberus-gateway:protectData: false\n" +
        "  cerberus-gateway:providers: { secure: v1:abc:def }\n",
    );
    const report = await previewFrom(root, "dev", "HEAD");
    const found = report.consequences.map(({ risk, text }) => `${risk}: ${text}`);

    expect(found).toEqual(
      expect.arrayContaining([
        "high: a would have no fallbacks any more: b would not be deployed any more",
        "high: the agent key would lose b",
        "high: postgres-data would no longer be protected from being destroyed",
        "low: 2 instead of 1 LiteLLM replicas would run",
      ]),
    );
    expect(report.counts["create"]).toBeGreaterThan(0);
    for (const text of [JSON.stringify(report), asMarkdown(report)]) {
      expect(text).not.toContain("canary");
      expect(text).toContain("[secret]");
    }
  });

  test.each([
    ["nosuch", "dev", /git knows no commit "nosuch"/],
    ["--output=/tmp/x", "dev", /git knows no commit/],
    ["ancient", "dev", /older than previews between commits/],
    ["HEAD", "nostack", /the working tree can't be rendered:[\s\S]*profile: not set/],
  ])("%s of stack %s is refused with a reason", async (base, stack, says) => {
    await expect(previewFrom(root, stack, base)).rejects.toThrow(says);
  });

  test("a broken working tree is told from a broken base", async () => {
    writeFileSync(`${root}/gateway.yaml`, "models: [");
    git("commit", "--quiet", "-am", "broken");
    git("tag", "broken");
    git("checkout", "--quiet", "HEAD~1", "--", "gateway.yaml");
    await expect(previewFrom(root, "dev", "broken")).rejects.toThrow(
      /the base broken .* can't be rendered:[\s\S]*gateway\.yaml:1:/,
    );

    writeFileSync(`${root}/gateway.yaml`, "models: [");
    await expect(previewFrom(root, "dev", "HEAD~1")).rejects.toThrow(
      /the working tree can't be rendered:[\s\S]*gateway\.yaml:1:/,
    );
  });
});
