import { rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { Client } from "../../infra/access/objects/client.cjs";
import { tokenOf } from "../../infra/access/objects/key-value.cjs";
import { listAll } from "../../infra/access/objects/listing.cjs";
import { gateway as catalog } from "../../infra/catalog/gateway.ts";
import { readOutputs } from "../../ops/stack-outputs.ts";
import { accessChaos } from "../chaos/access-chaos.ts";
import { killHard } from "./engine.ts";
import type { LiveStack } from "./live-stack.ts";

const office = {
  /** Keys that other tests of this stack made. */
  ignored: [] as string[],
  budgets: { small: { maxUsd: 5, period: "30d" } },
  teams: { research: { models: ["cerberus-demo", "gpt-4o-mini"], budgetId: "small" } },
  users: { ann: { email: "ann@example.com", teams: ["research"] } },
  customers: { acme: { budget: { maxUsd: 3, period: "1d" } } },
  keys: {
    app: { team: "research", models: ["cerberus-demo"], rpm: 100 },
    ann: { kind: "personal", user: "ann", team: "research", expires: "2099-01-01" },
  },
  keyMaking: { personal: { roles: ["proxy_admin"] } },
};

/** Teams, users, keys and budgets as code, on a stack that runs. */
export function access(stack: () => LiveStack): void {
  describe("access", () => {
    const file = () => `${stack().clone.root}/gateway.yaml`;
    const define = (what: object) => writeFileSync(file(), stringify({ ...catalog, access: what }));
    const client = () =>
      new Client({ gatewayUrl: stack().outputs.urls.api, masterKey: stack().outputs.masterKey }, 60_000);
    const npm = (...args: string[]) => stack().clone.run("npm", ["run", "--silent", ...args]);
    const command = (...args: string[]) => npm("access", "--", ...args, "--stack", stack().name);
    const values = async () => (await readOutputs(stack().clone.root, stack().name)).accessKeys;
    const applied = async (what: object) => {
      define(what);
      const { code, text } = await stack().up();
      expect(code, text).toBe(0);
    };

    beforeAll(async () => {
      const { text } = await command("diff", "--json");
      const { beside } = JSON.parse(text.slice(text.indexOf("{"))) as {
        beside: { kind: string; id: string }[];
      };
      office.ignored = beside.map(({ kind, id }) => `${kind}/${id}`);
      await applied(office);
    });
    afterAll(async () => {
      rmSync(file(), { force: true });
      await stack().up();
    });

    test("a defined key opens what it may, and nothing else; the command line hands it out", async () => {
      const { app = "" } = await values();
      expect((await stack().chat("cerberus-demo", `may ${Math.random()}`, {}, app)).status).toBe(200);
      expect(
        (await stack().chat("gpt-4o-mini", `may not ${Math.random()}`, {}, app)).status,
      ).toBeGreaterThanOrEqual(400);
      const { text } = await npm("env", "--", "--stack", stack().name, "--key", "app");
      expect(text).toContain(`LITELLM_MASTER_KEY='${app}'`);
    });

    test("whose role may not make keys is refused one", async () => {
      const { ann = "" } = await values();
      const response = await fetch(`${stack().outputs.urls.api}/key/generate`, {
        method: "POST",
        headers: { authorization: `Bearer ${ann}`, "content-type": "application/json" },
        body: "{}",
      });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain("Personal key creation has been restricted");
    });

    test("a second up changes nothing, and a refresh finds nothing", async () => {
      const up = await stack().pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
      expect(up.code, up.text).toBe(0);
      const refresh = await stack().pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
      expect(refresh.code, refresh.text).toBe(0);
    });

    test("a preview says what a change means; a renamed key is the same key", async () => {
      const { app = "" } = await values();
      const keys = { ...office.keys, app: { ...office.keys.app, alias: "The app", models: ["gpt-4o-mini"] } };
      define({ ...office, keys });
      const { text } = await npm("preview", "--", "--stack", stack().name);
      expect(text).toContain("the key app would lose cerberus-demo");
      expect(text).not.toContain(app);
      await applied({ ...office, keys });
      const found = (await listAll(client())).keys.find(({ id }) => id === tokenOf(app));
      expect(found?.name).toBe("The app");
      await applied(office);
      expect((await values())["app"]).toBe(app);
    });

    test("what was changed by hand, or made beside the code, is listed; it is adopted, or taken back", async () => {
      await client().ask("POST", "/team/update", { team_id: "research", max_budget: 500 });
      await client().ask("POST", "/key/generate", { key_alias: "laptop", models: ["cerberus-demo"] });
      const diff = await command("diff");
      expect(diff.code, diff.text).toBe(2);
      expect(diff.text).toContain("teams research: changed (max_budget)");
      expect(diff.text).toContain("keys laptop: made by others");
      const adopted = await command("adopt", "key", "laptop");
      expect(adopted.text).toContain("generation: 0");
      await stack().pulumi("refresh", "--yes", "--skip-preview");
      await applied({
        ...office,
        keys: { ...office.keys, laptop: { models: ["cerberus-demo"], generation: 0 } },
      });
      const after = await command("diff");
      expect(after.code, after.text).toBe(0);
      await applied(office);
    });

    test("what can't be is refused, and nothing is changed", async () => {
      define({ ...office, keys: { app: { models: ["cerberus-dmeo"] } } });
      const { code, text } = await stack().up();
      expect(code).not.toBe(0);
      expect(text).toContain('did you mean "cerberus-demo"');
      await client().ask("POST", "/team/new", { team_id: "theirs", team_alias: "theirs" });
      define({ ...office, teams: { ...office.teams, theirs: {}, more: {} } });
      const taken = await stack().up();
      expect(taken.code).not.toBe(0);
      expect(taken.text).toContain('team "theirs" is at the gateway already');
      expect((await listAll(client())).teams.map(({ id }) => id)).not.toContain("more");
      expect((await command("revert", "team", "theirs", "--yes")).code).toBe(0);
      await applied(office);
    });

    test("20 kills of Pulumi or the gateway in the middle of an up: the next one ends as defined", async () => {
      const { api } = stack().outputs.urls;
      const verdict = await accessChaos({
        root: stack().clone.root,
        gateway: { gatewayUrl: api, masterKey: stack().outputs.masterKey },
        killGateway: async () => {
          const replicas = stack().outputs.containers.filter(({ service }) => service.startsWith("litellm-"));
          await Promise.all(replicas.map(({ name }) => killHard(name)));
        },
        kills: 20,
        seed: 1,
        log: (line) => process.stderr.write(`${line}\n`),
      });
      expect(verdict.findings).toEqual([]);
      expect(verdict.halfWay).toBeGreaterThan(0);
    }, 3_600_000);
  });
}
