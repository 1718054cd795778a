import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { docker } from "../../ops/docker.ts";
import { auditChaos } from "../chaos/audit-chaos.ts";
import { canary, type LiveStack } from "./live-stack.ts";

/** The audit log of a running stack: nothing is served that is not on it, and nothing on it is lost. */
export function auditLog(stack: () => LiveStack): void {
  describe("audit log", () => {
    const audit = (...args: string[]) =>
      stack().clone.run("npm", ["run", "--silent", "audit", "--", ...args, "--stack", stack().name]);
    const text = () => readFileSync(`${stack().clone.root}/logs/litellm_audit.jsonl`, "utf8");

    test("is whole and signed, holds every smoke test's call, and no key and no prompt", async () => {
      const { code, text: said } = await audit("verify");
      expect(code, said).toBe(0);
      expect(said).toContain("INTACT");
      const log = text();
      expect(log).toContain('"event_type":"chat_completion_success"');
      expect(log).toContain('"event_type":"approval_granted"');
      expect(log).toContain('"event_type":"admin_change"');
      for (const secret of [canary, ...(await stack().generatedSecrets()), "canary of the smoke test"])
        expect(log.includes(secret)).toBe(false);
    });

    test("without its writer nothing is served, and what was refused is on record once it is back", async () => {
      const writer = `${stack().name}-audit`;
      await docker(["stop", writer]);
      const refused = await stack().chat("cerberus-demo", `unrecorded ${Math.random()}`);
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({ error: { code: "audit_unavailable" } });
      await docker(["start", writer]);
      await expect
        .poll(async () => (await stack().chat("cerberus-demo", `recorded ${Math.random()}`)).status, {
          timeout: 60_000,
          interval: 1_000,
        })
        .toBe(200);
      await expect.poll(text, { timeout: 30_000 }).toContain('"event_type":"audit_unavailable"');
    });

    test("a change of one byte, and a line taken away, are found at their place", async () => {
      const folder = `${stack().clone.root}/logs/${stack().name}`;
      const copy = `${stack().clone.root}/.cerberus/tampered`;
      const tampered = async (change: string) => {
        await stack().clone.run("sh", ["-c", `rm -rf ${copy} && cp -r ${folder} ${copy} && ${change}`]);
        return stack().clone.run("npm", ["run", "--silent", "audit", "--", "verify", "--dir", copy]);
      };
      const file = `${copy}/litellm_audit.jsonl`;
      const edited = await tampered(`sed -i '5s/"stack":"/"stack":"x/' ${file}`);
      expect(edited.code).toBe(2);
      expect(edited.text).toContain("litellm_audit.jsonl:5");
      const shortened = await tampered(`sed -i '7d' ${file}`);
      expect(shortened.code).toBe(2);
      expect(shortened.text).toContain("litellm_audit.jsonl:7");
    });

    test("what the front door refuses by itself is on record too", async () => {
      const response = await fetch(`${stack().outputs.urls.api}/metrics`);
      expect(response.status).toBe(404);
      await expect.poll(text, { timeout: 20_000 }).toContain('"event_type":"front_door_refused"');
    });

    test("under load, with everything around it killed, each answer is there once and the chain holds", async () => {
      const kills = { audit: 4, "litellm-1": 1, "redis-coordination": 1, postgres: 1 };
      const result = await auditChaos(stack(), kills, 1, (line) => process.stderr.write(`${line}\n`));
      expect(result.answers).toBeGreaterThan(50);
      expect(result).toMatchObject({ missing: [], twice: [], open: [], findings: [] });
      process.stderr.write(`${JSON.stringify(result)}\n`);
      // The engine's patience with a container that was just killed often is not the next test's affair.
      await sleep(2_000);
    });

    test("a report of it can be made, and says that the log is whole", async () => {
      const out = `${stack().clone.root}/.cerberus/report.md`;
      const { code, text: said } = await stack().clone.run("npm", [
        ...["run", "--silent", "report", "--", "--stack", stack().name, "--from", "1d"],
        ...["--format", "md", "--out", out],
      ]);
      expect(code, said).toBe(0);
      const report = readFileSync(out, "utf8");
      expect(report).toContain("OWASP");
      expect(report).not.toContain(canary);
    });
  });
}
