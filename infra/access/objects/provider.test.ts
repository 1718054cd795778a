import Module from "node:module";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rowsOf } from "../../../tests/chaos/access-scene.ts";
import { FakeAdminApi } from "../../../tests/fake-litellm/admin-api.ts";
import { providerBundle } from "../../dynamic-resource.ts";
import { keyValue, tokenOf } from "./key-value.cjs";

type Inputs = Record<string, unknown>;

interface Provider {
  create(inputs: Inputs): Promise<{ id: string; outs: Inputs }>;
  diff(id: string, olds: Inputs, news: Inputs): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, olds: Inputs, news: Inputs): Promise<{ outs: Inputs }>;
  read(id: string, inputs: Inputs): Promise<{ props: Inputs }>;
  delete(id: string, inputs: Inputs): Promise<void>;
}

// As Pulumi loads it: one text, compiled on its own.
const compiled = new Module("provider") as unknown as {
  _compile(text: string, file: string): void;
  exports: { handler: () => Provider };
};
compiled._compile(providerBundle(new URL("./", import.meta.url), "provider.cjs"), "/nowhere/provider.cjs");
const provider = compiled.exports.handler();

const seed = "sk-canary-seed";
let api: FakeAdminApi;
let url: string;
beforeEach(async () => {
  api = new FakeAdminApi();
  url = await api.start();
});
afterEach(() => api.stop());

const inputs = (access: object): Inputs => ({
  gatewayUrl: url,
  masterKey: "sk-canary-master",
  seed,
  owner: "cerberus-gateway/chaos",
  ...rowsOf(access),
});
const up = (access: object) => provider.update("id", {}, inputs(access));
const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "",
    (error: Error) => error.message,
  );
const key = (id: string, generation = 1) => api.tables.keys.get(tokenOf(keyValue(seed, id, generation)));

const office = {
  budgets: { small: { maxUsd: 5, period: "30d" } },
  teams: { research: { models: ["cerberus-demo"], budgetId: "small" }, support: {} },
  users: { ann: { email: "ann@example.com", teams: ["research"] } },
  customers: { acme: { budget: { maxUsd: 3, period: "1d" } } },
  keys: {
    app: { team: "research", rpm: 10, expires: "2099-01-01" },
    ann: { kind: "personal", user: "ann", team: "research" },
  },
};

describe("up", () => {
  test("makes everything, with the keys' own values; a second one changes nothing", async () => {
    await provider.create(inputs(office));
    expect(key("app")).toMatchObject({ key_alias: "app", team_id: "research", rpm_limit: 10 });
    expect([...api.tables.teams.keys()]).toEqual(["research", "support"]);
    const { length } = api.calls;
    await up(office);
    expect(api.calls).toHaveLength(length);
  });

  test("goes on from wherever a run was cut off", async () => {
    await provider.create(inputs(office));
    api.tables.keys.clear();
    api.tables.customers.clear();
    api.tables.teams.delete("support");
    const { length } = api.calls;
    await up(office);
    const again = api.calls.slice(length).map(({ path }) => path);
    expect(again.toSorted()).toEqual(["/customer/new", "/key/generate", "/key/generate", "/team/new"]);
  });

  test("a renamed key is the same key, even when two swap their names", async () => {
    await up({ keys: { a: { alias: "one" }, b: { alias: "two" } } });
    await up({ keys: { a: { alias: "two" }, b: { alias: "one" } } });
    expect([key("a")?.["key_alias"], key("b")?.["key_alias"]]).toEqual(["two", "one"]);
    expect(api.tables.keys.size).toBe(2);
  });

  test("a key that moves away from a team is not deleted along with it", async () => {
    await up({ teams: { old: {}, new: {} }, keys: { a: { team: "old" } } });
    await up({ teams: { new: {} }, keys: { a: { team: "new" } } });
    expect([...api.tables.teams.keys()]).toEqual(["new"]);
    expect(key("a")).toMatchObject({ team_id: "new" });
  });

  test("limits that go are taken away, models too", async () => {
    const limited = { models: ["cerberus-demo"], rpm: 5, budget: { maxUsd: 1, period: "1d" } };
    await up({ users: { u: limited }, teams: { t: limited } });
    await up({ users: { u: {} }, teams: { t: {} } });
    const none = { rpm_limit: null, max_budget: null, budget_duration: null };
    expect(api.tables.users.get("u")).toMatchObject({ ...none, models: ["all-proxy-models"] });
    expect(api.tables.teams.get("t")).toMatchObject({ ...none, models: [] });
    const { length } = api.calls;
    await up({ users: { u: {} }, teams: { t: {} } });
    expect(api.calls).toHaveLength(length);
  });

  test("what is not defined any more goes, what others made stays", async () => {
    api.tables.teams.set("theirs", { team_id: "theirs", metadata: {} });
    await up(office);
    await up({});
    expect([...api.tables.teams.keys()]).toEqual(["theirs"]);
    expect(
      api.tables.keys.size + api.tables.users.size + api.tables.customers.size + api.tables.budgets.size,
    ).toBe(0);
  });

  test("a customer that traffic made is taken over with his spend", async () => {
    api.tables.customers.set("acme", {
      user_id: "acme",
      alias: null,
      budget_id: null,
      blocked: false,
      spend: 2,
    });
    await up(office);
    expect(api.tables.customers.get("acme")).toMatchObject({ alias: "acme", spend: 2 });
  });

  test("lists of more than one page are read whole", async () => {
    const keys = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`k-${i}`, {}]));
    await up({ keys });
    const { length } = api.calls;
    await up({ keys });
    expect([length, api.calls.length]).toEqual([250, 250]);
  });

  test("what LiteLLM refuses is said, without the keys that it repeats", async () => {
    api.tables.keys.set("hash", {
      token: "hash",
      key_alias: "a",
      team_id: "litellm-dashboard",
      metadata: {},
    });
    const said = await refusal(up({ keys: { a: {} } }));
    expect(said).toMatch(/LiteLLM refused POST \/key\/generate: 400 .*sk-….* already exists/);
    expect(said).not.toContain(keyValue(seed, "a", 1));
  });

  test("a gateway that restarts in the middle is asked again", async () => {
    api.faults.push(503, undefined, 502);
    await up({ keys: { a: {} } });
    expect(key("a")).toBeDefined();
  });
});

describe("refused before anything is changed", () => {
  const theirs = { team_id: "research", team_alias: "Research", metadata: {}, spend: 0 };

  test.each<[string, (tables: FakeAdminApi["tables"]) => void, object, string]>([
    [
      "a team that others made",
      ({ teams }) => teams.set("research", theirs),
      office,
      'team "research" is at the gateway already, and this code did not make it\n  fix: npm run access -- adopt team research',
    ],
    [
      "an alias of a key that others made",
      ({ keys }) => keys.set("hash", { token: "hash", key_alias: "app", metadata: {} }),
      office,
      'key "app": its alias "app" belongs to a key that this code did not make',
    ],
    [
      "a key that was adopted by nobody",
      () => undefined,
      { keys: { laptop: { generation: 0 } } },
      'key "laptop": generation 0 is a key that was made elsewhere',
    ],
  ])("%s", async (_what, prepare, access, says) => {
    prepare(api.tables);
    expect(await refusal(up(access))).toContain(says);
    expect(api.calls).toEqual([]);
  });

  test("a budget below what is spent; keeping one that is used up is fine", async () => {
    await up(office);
    Object.assign(api.tables.teams.get("research") ?? {}, { spend: 4 });
    const { length } = api.calls;
    const lower = { ...office, budgets: { small: { maxUsd: 3, period: "30d" } } };
    expect(await refusal(up(lower))).toContain(
      'team "research": a budget of 3 USD is below the 4 USD that are spent',
    );
    Object.assign(api.tables.teams.get("research") ?? {}, { spend: 6 });
    await up(office);
    expect(api.calls).toHaveLength(length);
  });

  test("the end of what is protected, until it isn't", async () => {
    const team = (protect: boolean) => ({ teams: { research: { protect } } });
    await up(team(true));
    expect(await refusal(up({}))).toContain('team "research" is protected, and would be removed');
    await up(team(false));
    await up({});
    expect(api.tables.teams.size).toBe(0);
  });

  test("the end of a protected key, but not of its former generation", async () => {
    await up({ keys: { a: { protect: true } } });
    await up({ keys: { a: { protect: true, generation: 2 } } });
    expect([...api.tables.keys.values()]).toMatchObject([{ key_alias: "a" }]);
    expect(await refusal(up({}))).toContain('key "a" is protected, and would be removed');
  });

  test("the end of a team that others made keys for, which LiteLLM would delete", async () => {
    await up(office);
    api.tables.keys.set("hash", { token: "hash", key_alias: "ui", team_id: "support", metadata: {} });
    const { support, ...teams } = office.teams;
    expect(support).toEqual({});
    expect(await refusal(up({ ...office, teams }))).toContain(
      "LiteLLM would delete 1 key(s) that others made for it: ui",
    );
    expect(api.tables.keys.has("hash")).toBe(true);
  });

  test("all of it is said at once, and no secret in it", async () => {
    api.tables.teams.set("research", theirs);
    api.tables.keys.set("hash", { token: "hash", key_alias: "app", metadata: {} });
    const said = await refusal(up(office));
    expect(said.match(/^- /gm)).toHaveLength(2);
    expect(said).not.toContain("canary");
  });
});

describe("adopted", () => {
  test("a key of generation 0 is known by its mark, and a raised generation replaces it", async () => {
    const mark = { cerberus_owner: "cerberus-gateway/chaos", cerberus_id: "laptop", cerberus_generation: 0 };
    api.tables.keys.set("hash", { token: "hash", key_alias: "My laptop", metadata: mark, spend: 1 });
    await up({ keys: { laptop: { generation: 0, rpm: 7 } } });
    expect(api.tables.keys.get("hash")).toMatchObject({ key_alias: "laptop", rpm_limit: 7, spend: 1 });
    await up({ keys: { laptop: { generation: 1 } } });
    expect([...api.tables.keys.values()]).toMatchObject([{ key_alias: "laptop" }]);
    expect(key("laptop")).toBeDefined();
  });

  test("a key whose mark was lost in the UI is ours by its value", async () => {
    await up({ keys: { a: {} } });
    Object.assign(key("a") ?? {}, { metadata: {} });
    await up({ keys: { a: {} } });
    expect(key("a")?.["metadata"]).toMatchObject({ cerberus_id: "a" });
  });
});

describe("refresh", () => {
  test("finds nothing where nothing was changed", async () => {
    const given = inputs(office);
    await provider.create(given);
    expect((await provider.read("id", given)).props).toEqual(given);
    expect(await provider.diff("id", given, inputs(office))).toMatchObject({ changes: false });
  });

  test("shows what was changed, deleted or left over; the next up mends it, and a second refresh is stable", async () => {
    const given = inputs(office);
    await provider.create(given);
    Object.assign(key("app") ?? {}, { rpm_limit: 999 });
    api.tables.users.delete("ann");
    api.tables.teams.set("orphan", {
      team_id: "orphan",
      metadata: { cerberus_owner: "cerberus-gateway/chaos" },
    });
    const { props } = await provider.read("id", given);
    expect(props).toMatchObject({
      keys: { app: { rpm_limit: 999 } },
      users: {},
      teams: { "orphan (not defined)": { id: "orphan" } },
    });
    expect((await provider.read("id", props)).props).toEqual(props);
    expect(await provider.diff("id", props, given)).toMatchObject({ changes: true });
    await provider.update("id", props, given);
    expect((await provider.read("id", given)).props).toEqual(given);
  });
});

describe("the end", () => {
  test("takes what is ours", async () => {
    api.tables.teams.set("theirs", { team_id: "theirs", metadata: {} });
    const given = inputs(office);
    await provider.create(given);
    await provider.delete("id", given);
    expect(Object.values(api.tables).map(({ size }) => size)).toEqual([0, 1, 0, 0, 0]);
  });
});

test("another owner is another resource; other values are an update", async () => {
  const given = inputs(office);
  expect(await provider.diff("id", given, { ...given, owner: "cerberus-gateway/x" })).toMatchObject({
    replaces: ["owner"],
  });
  expect(await provider.diff("id", given, { ...given, masterKey: "sk-other" })).toMatchObject({
    changes: true,
    replaces: [],
  });
});
