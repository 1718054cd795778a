import { describe, expect, test } from "vitest";
import { engineName, hosts } from "../../infra/names.ts";
import type { CostReport } from "../../ops/cost/text.ts";
import { docker } from "../../ops/docker.ts";
import type { LiveStack } from "./live-stack.ts";

/** What calls cost, by LiteLLM's books and by the audit log. */
export function cost(stack: () => LiveStack): void {
  describe("cost", () => {
    const calls = 6;
    const command = (since: string, ...args: string[]) => {
      const scope = ["--stack", stack().name, "--since", since, "--by", "model"];
      return stack().clone.run("npm", ["run", "--silent", "cost", "--", ...scope, ...args]);
    };
    const report = async (since: string): Promise<CostReport & { readonly code: number }> => {
      const { code, text } = await command(since, "--json");
      return { ...(JSON.parse(text.slice(text.indexOf("{"))) as CostReport), code };
    };
    const sql = (text: string) => {
      const psql = ["psql", "--username=litellm", "--dbname=litellm", "--tuples-only", "--no-align"];
      return docker(["exec", engineName(stack().name, hosts.postgres), ...psql, "--command", text]);
    };

    test("both books agree call by call; a cost that was changed in one of them is found", async () => {
      const since = new Date().toISOString();
      const key = await stack().unlimitedKey();
      for (let n = 0; n < calls; n++) {
        const stream = n % 2 === 1;
        const answer = await stack().chat("gpt-4o-mini", `cost ${Math.random()}`, { stream }, key);
        expect(answer.status).toBe(200);
        await answer.text();
      }
      // LiteLLM books within a minute.
      await expect
        .poll(async () => (await report(since)).reconciliation?.agree.calls, {
          timeout: 120_000,
          interval: 3_000,
        })
        .toBeGreaterThanOrEqual(calls);
      const agreed = await report(since);
      expect(agreed).toMatchObject({ code: 0, reconciliation: { examples: [], pending: { calls: 0 } } });
      expect(agreed.sums.map(({ name }) => name)).toContain("gpt-4o-mini");
      expect((await command(since)).text).toContain("agree, call by call");
      expect((await command(since, "--csv")).text).toMatch(
        /^model,cost_usd,calls,tokens\r?\ngpt-4o-mini,0\.0/m,
      );

      const last = `SELECT request_id FROM "LiteLLM_SpendLogs" WHERE spend > 0 ORDER BY "startTime" DESC LIMIT 1`;
      await sql(`UPDATE "LiteLLM_SpendLogs" SET spend = spend + 1 WHERE request_id = (${last})`);
      const changed = await report(since);
      expect(changed.code).toBe(2);
      expect(changed.reconciliation?.differ.calls).toBe(1);
      expect(changed.reconciliation?.differ.usd).toBeCloseTo(1, 9);
      await sql(`UPDATE "LiteLLM_SpendLogs" SET spend = spend - 1 WHERE request_id = (${last})`);
    });
  });
}
