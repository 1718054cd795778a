import { rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { gateway as catalog } from "../../infra/catalog/gateway.ts";
import { engineName, hosts } from "../../infra/names.ts";
import { docker } from "../../ops/docker.ts";
import { writeFileAtomic } from "../../ops/files.ts";
import { projectRoot } from "../../ops/paths.ts";
import { readOutputs } from "../../ops/stack-outputs.ts";
import { accountOf, endings, send } from "./budgets/endings.ts";
import { figures, gatewayAccount, providerAccount, settled } from "./budgets/ledger.ts";
import { withPauses } from "./budgets/pauses.ts";
import { administer, ask, burst, type Gateway, type Request } from "./budgets/spend.ts";
import { type MeasuredRow, overshootUsd, type ProofRow, proofPage } from "./budgets/table.ts";
import type { LiveStack } from "./live-stack.ts";

/** Priced 0.15 and 0.60 USD per million tokens: a request below costs 0.0003 USD. */
const model = "gpt-4o-mini";
const words = 2_000;
const limitUsd = 0.005;
const total = 80;
const atOnce = 20;
const replicas = 2;

/** Every budget and limit, spent to its end by concurrent clients on two replicas. Leaves the stack as it was. */
export function budgets(live: () => LiveStack): void {
  describe("budgets and limits", () => {
    const proofs: ProofRow[] = [];
    const measured: MeasuredRow[] = [];
    const definitions = () => `${live().clone.root}/gateway.yaml`;
    let gateway: Gateway;
    let replicasBefore: number;

    const generate = async (body: object): Promise<string> =>
      (await administer<{ key: string }>(gateway, "/key/generate", { models: [model], ...body })).key;

    /** What LiteLLM's books say that a key has spent. */
    const bookedUsd = async (key: string): Promise<number> =>
      (await administer<{ info: { spend: number } }>(gateway, `/key/info?key=${key}`)).info.spend;

    /**
     * Spends a budget to its end by all of the keys at once.
     * @param times so many times the usual limit and requests
     * @param usedUsd what was spent of it before
     */
    async function spend(budget: string, keys: readonly string[], times = 1, usedUsd = 0): Promise<void> {
      const [limit, sent] = [limitUsd * times - usedUsd, total * times];
      const bursts = await Promise.all(
        keys.map((key) =>
          burst(gateway, { key, model, words }, sent / keys.length, atOnce / keys.length, 400),
        ),
      );
      const count = (status: number) =>
        bursts.reduce((sum, { statuses }) => sum + (statuses[status] ?? 0), 0);
      const refusals = bursts.flatMap((result) => result.refusals).join("\n");
      const row: ProofRow = {
        unavailable: count(503),
        ...{ budget, limitUsd: limit, sent, atOnce, answered: count(200), refused: count(429) },
        spentUsd: bursts.reduce((sum, { spentUsd }) => sum + spentUsd, 0),
      };
      proofs.push(row);
      expect(overshootUsd(row), `${budget}: overshoot in USD`).toBe(0);
      // A limit that lets nothing through proves nothing.
      expect(row.spentUsd, refusals).toBeGreaterThan(limit / 2);
      expect(row.refused, refusals).toBeGreaterThan(0);
      // An overloaded machine has its 503 too, also from the front door.
      expect(row.answered + row.refused + row.unavailable, refusals).toBe(sent);
    }

    async function apply(settings: Readonly<Record<string, string>>): Promise<void> {
      for (const [path, value] of Object.entries(settings)) {
        // Pulumi takes a decimal for text unless it is told.
        const type = value.includes(".") ? ["--type", "float"] : [];
        await live().pulumi("config", "set", "--path", ...type, path, value);
      }
      const up = await live().up();
      expect(up.code, up.text).toBe(0);
    }

    beforeAll(async () => {
      replicasBefore = live().outputs.replicas;
      const { urls, masterKey } = live().outputs;
      gateway = { api: urls.api, masterKey };
      if (replicasBefore !== replicas) await apply({ replicas: `${replicas}` });
      await live().upstream.behave(model, { delayMs: 300 });
    });

    afterAll(async () => {
      if (process.env["CERBERUS_WRITE_DOCS"] === "1") {
        const page = proofPage(replicas, proofs, measured);
        writeFileAtomic(`${projectRoot}/docs/reference/budget-proof.md`, page, 0o644);
      }
      rmSync(definitions(), { force: true });
      await live().pulumi("config", "rm", "--path", "budget.maxUsd");
      await apply({ replicas: `${replicasBefore}` });
      await live().upstream.forget();
      live().outputs = await readOutputs(live().clone.root, live().name);
    });

    test("a key spends its budget and no more", async () => {
      await spend("key", [await generate({ max_budget: limitUsd })]);
    });

    // Three times, for chance has a part in it.
    test.each([1, 2, 3])("a key's budget holds while Redis is slow (%i)", async (turn) => {
      // So much that it lasts for several pauses: one that is used up at once can't be exceeded by a forgetful counter.
      const key = await generate({ max_budget: 8 * limitUsd });
      const pauses = await withPauses(engineName(live().name, hosts.redisCoordination), () =>
        spend(`key, Redis paused now and then (${turn})`, [key], 8),
      );
      expect(pauses).toBeGreaterThan(0);
    });

    test("two keys of a team spend the team's budget and no more", async () => {
      const { team_id } = await administer<{ team_id: string }>(gateway, "/team/new", {
        max_budget: limitUsd,
      });
      await spend("team, two keys", [await generate({ team_id }), await generate({ team_id })]);
    });

    test("a user spends the user's budget and no more", async () => {
      const { user_id } = await administer<{ user_id: string }>(gateway, "/user/new", {
        max_budget: limitUsd,
        auto_create_key: false,
      });
      await spend("user", [await generate({ user_id })]);
    });

    test("nothing stays reserved, however a request ends, and the ledger says what LiteLLM's books say", async () => {
      await live().upstream.behave("gpt-4o-mini", { delayMs: 300, pieceDelayMs: 100 });
      const key = await generate({ models: ["gpt-4o-mini", "claude-sonnet-4-6"], max_budget: 1 });
      const before = await figures(live().name, gatewayAccount);
      const statuses: string[] = [];
      for (const ending of endings()) {
        statuses.push(`${ending.what}: ${await send(gateway, key, ending)}`);
        await settled(live().name, accountOf(key), `${ending.what}: a reservation stays open`);
      }
      expect((await figures(live().name, gatewayAccount)).open).toBe(before.open);
      const { usedUsd } = await figures(live().name, accountOf(key));
      expect(usedUsd).toBeGreaterThan(0);
      await expect
        .poll(() => bookedUsd(key), { message: statuses.join("\n"), timeout: 90_000, interval: 2_000 })
        .toBeCloseTo(usedUsd, 9);
      await live().upstream.behave(model, { delayMs: 300 });
    });

    test("a budget starts anew after its period", async () => {
      const key = await generate({ max_budget: 0.0024, budget_duration: "20s" });
      const ledger = () => settled(live().name, accountOf(key));
      // A request that is still to be settled would be a reason of its own to refuse the next.
      const answer = async () => {
        await ledger();
        const response = await ask(gateway, { key, model, words });
        const text = await response.text();
        return response.status === 200 ? "answered" : text;
      };
      // Some of its answers may fall into the period before.
      await expect.poll(answer, { timeout: 60_000, interval: 50 }).toContain("budget_exceeded");
      const from = performance.now();
      const spent = await ledger();
      await expect.poll(answer, { timeout: 120_000, interval: 1_000 }).toBe("answered");
      const seconds = ((performance.now() - from) / 1000).toFixed(0);
      expect((await ledger()).usedUsd).toBeLessThan(spent.usedUsd);
      measured.push({
        what: "a key's budget of 20 s, from its exhaustion to the next answer",
        measured: `${seconds} s`,
      });
    });

    /** Whose spend was reset, while other tests run: it counts two minutes after the last answer. */
    let reset: Request;
    test("a spend can be reset by hand", async () => {
      const key = await generate({ max_budget: limitUsd });
      reset = { key, model, words };
      await expect
        .poll(async () => (await burst(gateway, reset, 20, 5)).statuses[200] ?? 0, { timeout: 60_000 })
        .toBe(0);
      // What LiteLLM books only after the reset would count again.
      const { usedUsd } = await figures(live().name, accountOf(key));
      await expect.poll(() => bookedUsd(key), { timeout: 90_000, interval: 2_000 }).toBeCloseTo(usedUsd, 9);
      await administer(gateway, `/key/${key}/reset_spend`, { reset_to: 0 });
    });

    test("a rate limit is exact across replicas", async () => {
      const key = await generate({ rpm_limit: 10 });
      const { statuses } = await burst(gateway, { key, model }, 60, 30);
      expect(statuses).toEqual({ 200: 10, 429: 50 });
      measured.push({
        what: "60 requests at once, 10 a minute allowed, two replicas",
        measured: "10 answered",
      });
    });

    describe("keys that end", () => {
      /** Seconds until every one of many requests is refused, counted from the last that was answered. */
      async function refusedAfter(key: string, end: () => Promise<unknown>): Promise<number> {
        expect((await burst(gateway, { key, model }, 8, 4)).statuses).toEqual({ 200: 8 });
        await end();
        const from = performance.now();
        let lastAnswer = from;
        while (performance.now() - lastAnswer < 5_000 && performance.now() - from < 90_000) {
          const { statuses } = await burst(gateway, { key, model }, 6, 6);
          if (statuses[200]) lastAnswer = performance.now();
        }
        return (lastAnswer - from) / 1000;
      }

      test.each([
        { name: "blocked", body: {}, end: (key: string) => administer(gateway, "/key/block", { key }) },
        {
          name: "deleted",
          body: {},
          end: (key: string) => administer(gateway, "/key/delete", { keys: [key] }),
        },
        { name: "expired", body: { duration: "12s" }, end: () => sleep(12_000) },
      ])("a $name key is refused on every replica within 15 seconds", async ({ name, body, end }) => {
        const key = await generate(body);
        const seconds = await refusedAfter(key, () => end(key));
        measured.push({
          what: `until every replica refuses a key that was ${name}`,
          measured: `${seconds.toFixed(1)} s`,
        });
        expect(seconds).toBeLessThan(15);
      });
    });

    test("without the coordination Redis nothing is served that can't be counted, and all is well after", async () => {
      const key = await generate({ max_budget: 1, rpm_limit: 1_000 });
      const request: Request = { key, model };
      const redis = engineName(live().name, hosts.redisCoordination);
      expect((await ask(gateway, request)).status).toBe(200);
      await docker(["stop", redis]);
      try {
        const { statuses } = await burst(gateway, request, 12, 4);
        expect(statuses).toEqual({ 503: 12 });
      } finally {
        await docker(["start", redis]);
      }
      const from = performance.now();
      await expect
        .poll(async () => (await ask(gateway, request)).status, { timeout: 150_000, interval: 1_000 })
        .toBe(200);
      const seconds = ((performance.now() - from) / 1000).toFixed(0);
      measured.push(
        { what: "coordination Redis down, a key with limits", measured: "12 of 12 refused with 503" },
        { what: "from its start to the first answer", measured: `${seconds} s` },
      );
    });

    describe("the budget of a provider", () => {
      beforeAll(async () => {
        // A period of its own is a window in which nothing has been spent yet.
        const openai = { maxUsd: limitUsd, period: "300d" };
        writeFileSync(definitions(), stringify({ ...catalog, providerBudgets: { openai } }));
        await apply({});
      });

      // Only now, because the two minutes are nearly over, and not later, because the provider's budget is used up then.
      test("a spend that was reset by hand counts two minutes after the last answer", async () => {
        await expect
          .poll(async () => (await ask(gateway, reset)).status, { timeout: 150_000, interval: 2_000 })
          .toBe(200);
      });

      test("is spent and no more", async () => {
        const { usedUsd } = await settled(live().name, providerAccount("openai"));
        expect(usedUsd).toBeGreaterThan(0);
        await spend("provider, what was left of it", [await generate({})], 1, usedUsd);
      });
    });

    test("the gateway as a whole spends its budget and no more", async () => {
      rmSync(definitions());
      const { usedUsd: used } = await figures(live().name, gatewayAccount);
      expect(used).toBeGreaterThan(0);
      await apply({ "budget.maxUsd": (used + limitUsd).toFixed(9) });
      await spend("gateway, what was left of it", [await generate({})]);
    });
  });
}
