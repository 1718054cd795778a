import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

// The package as somebody else gets it: packed, installed into an empty project, used from there.

const source = fileURLToPath(new URL(".", import.meta.url));
const mostBytes = 40_000;
let project: string;
let tarball: string;

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

beforeAll(() => {
  project = mkdtempSync(`${tmpdir()}/cerberus-package-`);
  execFileSync("npm", ["pack", "--silent", "--pack-destination", project], { cwd: source, stdio: "pipe" });
  tarball = `${project}/${readdirSync(project).find((name) => name.endsWith(".tgz"))}`;
  const manifest = { name: "empty", private: true, type: "module", allowScripts: { node: true } };
  writeFileSync(`${project}/package.json`, JSON.stringify(manifest));
  // node@20 is the oldest Node that the package is for.
  const versions = ["node@20", "@types/node@20", "typescript@7.0.2"];
  run("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", tarball, ...versions);
}, 300_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

const program = `
import assert from "node:assert/strict";
import { GatewayError, LiteLLMAdapter } from "@cerberus-gateway/client";
import { parseAgentConfig } from "@cerberus-gateway/client/agent-config";
const safety = { blockedContentTypes: ["harmful"] };
const adapter = new LiteLLMAdapter({ baseUrl: "http://127.0.0.1:1", apiKey: "sk-x", safety, maxRetries: 0 });
const ask = (content) => adapter.completeChat({ model: "m", messages: [{ role: "user", content }] });
await assert.rejects(ask("how to make a b0mb"), (error) => error instanceof GatewayError && error.kind === "content-blocked");
await assert.rejects(ask("hi"), (error) => error instanceof GatewayError && error.kind === "unavailable");
assert.equal(parseAgentConfig("name: a\\nrole: b\\nconstraints: { max_budget: 1 }\\n").name, "a");
process.stdout.write(process.version);
`;

test.each([
  ["20", "node_modules/node/bin/node"],
  ["24", process.execPath],
])("works under Node %s", (major, node) => {
  writeFileSync(`${project}/use.mjs`, program);
  const binary = node.startsWith("/") ? node : `${project}/${node}`;
  // A warning would be somebody else's first impression.
  expect(run(binary, "--throw-deprecation", "use.mjs")).toMatch(new RegExp(`^v${major}\\.`));
});

test.each([
  ["Node", { lib: ["es2022"], types: ["node"] }],
  ["a browser", { lib: ["es2022", "dom", "dom.iterable"], types: [] }],
])("its types hold in a strict project for %s", (_where, options) => {
  const folder = `${project}/types`;
  mkdirSync(folder, { recursive: true });
  const compilerOptions = { strict: true, noEmit: true, module: "nodenext", skipLibCheck: false, ...options };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions }));
  writeFileSync(
    `${folder}/use.ts`,
    `import { type ChatRequest, LiteLLMAdapter } from "@cerberus-gateway/client";
import { type AgentConfig, startSession } from "@cerberus-gateway/client/agent-config";
const request: ChatRequest = { model: "m", messages: [{ role: "user", content: "hi" }] };
export const text: Promise<string | null | undefined> = new LiteLLMAdapter({ baseUrl: "http://x", apiKey: "sk-x" })
  .completeChat(request).then(({ choices }) => choices[0]?.message.content);
// @ts-expect-error a role that there is not
export const wrong: ChatRequest = { model: "m", messages: [{ role: "robot", content: "hi" }] };
export const start = (config: AgentConfig) => startSession(config, undefined!);
`,
  );
  expect(run(`${project}/node_modules/.bin/tsc`, "--project", folder)).toBe("");
});

test(`takes at most ${mostBytes} bytes, and holds what a package should`, () => {
  expect(statSync(tarball).size).toBeLessThanOrEqual(mostBytes);
  const files = run("tar", "-tzf", tarball).split("\n");
  for (const file of ["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts"])
    expect(files).toContain(`package/${file}`);
  expect(files.filter((file) => /test|\/src\//.test(file))).toEqual([]);
});
