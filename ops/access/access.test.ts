import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Client } from "../../infra/access/objects/client.cjs";
import { listAll } from "../../infra/access/objects/listing.cjs";
import { makePlan } from "../../infra/access/objects/plan.cjs";
import { rowsOf } from "../../tests/chaos/access-scene.ts";
import { FakeAdminApi } from "../../tests/fake-litellm/admin-api.ts";
import { adopt, definitionOf, pick, revert } from "./adopt.ts";
import { listed, listText } from "./list.ts";
import { besideText, isIgnored, objects } from "./radar.ts";

const owner = "cerberus-gateway/chaos";
const mark = { cerberus_owner: owner };
let api: FakeAdminApi;
let client: Client;

beforeEach(async () => {
  api = new FakeAdminApi();
  client = new Client({ gatewayUrl: await api.start(), masterKey: "sk-test" }, 2_000);
  const { teams, users, keys } = api.tables;
  teams.set("ours", {
    team_id: "ours",
    team_alias: "ours",
    spend: 1,
    metadata: mark,
    models: [],
    blocked: true,
  });
  teams.set("left", { team_id: "left", team_alias: "left", metadata: mark });
  keys.set("hash", {
    token: "hash",
    key_alias: "laptop",
    metadata: { note: "mine" },
    team_id: "ours",
    rpm_limit: 5,
  });
  users.set("litellm-proxy-budget", { user_id: "litellm-proxy-budget", metadata: {} });
  keys.set("ui", { token: "ui", key_alias: "session", team_id: "litellm-dashboard", metadata: {} });
});
afterEach(() => api.stop());

const comparison = async () => {
  const plan = makePlan(rowsOf({ teams: { ours: {}, gone: {} } }), await listAll(client), owner);
  return { plan, own: (await listAll(client)).teams.filter(({ id }) => id === "ours") };
};

describe("the radar", () => {
  test("sees what is changed, missing, left over and made by others; not what LiteLLM does for itself", async () => {
    const seen = objects(await comparison(), "dev");
    expect(seen.map(({ kind, id, what, fields }) => [kind, id, what, ...fields])).toEqual([
      ["teams", "ours", "changed", "blocked"],
      ["teams", "gone", "missing"],
      ["teams", "left", "not defined any more"],
      ["keys", "laptop", "made by others"],
    ]);
    expect(besideText(seen[3] as never)).toContain("npm run access -- adopt key 'laptop' --stack dev");
  });

  test("leaves out what the definitions say to ignore", () => {
    expect(isIgnored(["keys/lap*"], "keys/laptop")).toBe(true);
    expect(isIgnored(["keys/lap"], "keys/laptop")).toBe(false);
  });
});

describe("adopt", () => {
  test("marks a key, keeps its notes, and says the definition that keeps it", async () => {
    const { plan } = await comparison();
    const yaml = await adopt(client, pick(plan.foreign, "key", "laptop"), owner, "laptop");
    expect(api.tables.keys.get("hash")?.["metadata"]).toEqual({
      note: "mine",
      cerberus_owner: owner,
      cerberus_id: "laptop",
      cerberus_generation: 0,
    });
    expect(yaml).toBe(
      "access:\n  keys:\n    laptop:\n      alias: laptop\n      team: ours\n      rpm: 5\n      generation: 0\n",
    );
  });

  test("what nobody else made is refused with what was meant", async () => {
    const { plan } = await comparison();
    expect(() => pick(plan.foreign, "key", "laptob")).toThrow('did you mean "laptop"');
    expect(() => pick(plan.foreign, "team", "ours")).toThrow("nobody else made a team");
  });

  test("an id that definitions can't have is refused", async () => {
    const { plan } = await comparison();
    await expect(adopt(client, pick(plan.foreign, "key", "laptop"), owner, "My Laptop")).rejects.toThrow(
      "--as <id>",
    );
  });

  test("a budget without a period is left out: definitions have none of those", () => {
    const found = { kind: "teams", id: "t", name: "T", owner: undefined, spend: 0 } as const;
    expect(definitionOf({ ...found, fields: { team_alias: "T", max_budget: 5 } })).toEqual({ alias: "T" });
  });
});

test("revert deletes that one object", async () => {
  const { plan } = await comparison();
  await revert(client, pick(plan.foreign, "key", "laptop"));
  expect([...api.tables.keys.keys()]).toEqual(["ui"]);
});

test("list says whose everything is", async () => {
  const text = listText(listed(await comparison()));
  expect(text).toMatch(/^key +laptop +others +ours/m);
  expect(text).toMatch(/^team +ours +code +1\.0000 +– +blocked/m);
});
