import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { projectRoot } from "../../ops/paths.ts";
import type { LiveStack } from "./live-stack.ts";

const sample = `${projectRoot}/docs/reference/sample-preview.md`;

const head = `# A preview comment

What \`npm run review\` puts under a pull request; here for one that drops a provider and a guardrail, and raises two limits. Made
from a real preview of a running stack by tests/live/sample-preview.suite.ts, which also fails when it no longer holds.
\`CERBERUS_WRITE_DOCS=1 ./test.sh live\` writes it anew.

---

`;

/** Definitions that offer less than the catalogue does, and guard nothing. */
const less = `models:
  - { name: gpt-4o-mini, provider: openai, model: gpt-4o-mini }
  - name: cerberus-demo
    provider: demo
    defaultMaxTokens: 256
    answer: "Hello from Cerberus Gateway. This answer is built in: no provider was called."
    price: { inputUsdPerToken: 0.000001, outputUsdPerToken: 0.000002 }
`;

const settings = { "budget.maxUsd": "5000", "agent.requestsPerMinute": "120" };

/** What differs from stack to stack, replaced by what stands for it. */
const masked = (text: string, stack: LiveStack): string =>
  text
    .replaceAll(stack.name, "dev")
    .replaceAll(String(stack.ports.gateway), "4000")
    .replaceAll(String(stack.ports.prometheus), "9090")
    .replaceAll(String(stack.ports.approvals), "4001")
    .replaceAll(/\b[0-9a-f]{12}\b/g, "0123456789ab");

/** Keeps docs/reference/sample-preview.md what a preview really says. */
export function samplePreview(live: () => LiveStack): void {
  test("the sample in docs/ is what a preview says today", async () => {
    const stack = live();
    const file = `${stack.clone.root}/preview.md`;
    const definitions = `${stack.clone.root}/gateway.yaml`;
    writeFileSync(definitions, less);
    for (const [path, value] of Object.entries(settings)) await stack.set(path, value);
    const args = ["run", "--silent", "preview", "--", "--stack", stack.name, "--markdown", file];
    const { code, text } = await stack.clone.run("npm", args);
    for (const path of Object.keys(settings)) await stack.pulumi("config", "rm", "--path", path);
    rmSync(definitions);
    expect(code, text).toBe(2);
    const now = head + masked(readFileSync(file, "utf8"), stack);
    rmSync(file);
    if (process.env["CERBERUS_WRITE_DOCS"] === "1") writeFileSync(sample, now);
    expect(now).toBe(readFileSync(sample, "utf8"));
  });
}
