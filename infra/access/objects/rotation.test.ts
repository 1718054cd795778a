import { afterEach, beforeEach, expect, test } from "vitest";
import { rowsOf } from "../../../tests/chaos/access-scene.ts";
import { FakeAdminApi } from "../../../tests/fake-litellm/admin-api.ts";
import { keyValue, tokenOf } from "./key-value.cjs";
import { converge } from "./provider.cjs";

// Keys that get another value, against LiteLLM's admin API.

const seed = "sk-canary-seed";
let api: FakeAdminApi;
let gatewayUrl: string;
beforeEach(async () => {
  api = new FakeAdminApi();
  gatewayUrl = await api.start();
});
afterEach(() => api.stop());

const up = (access: object, rotated: object = {}) =>
  converge(
    {
      gatewayUrl,
      masterKey: "sk-canary-master",
      seed,
      owner: "cerberus-gateway/chaos",
      ...rowsOf(access, rotated),
    },
    1_000,
  );
const key = (id: string, generation = 1) => api.tables.keys.get(tokenOf(keyValue(seed, id, generation)));

test("a raised generation is another key, and the former one stays while they overlap", async () => {
  await up({ keys: { a: {} } });
  await up({ keys: { a: { generation: 2, overlap: "2099-01-01" } } });
  expect([key("a", 1)?.["key_alias"], key("a", 2)?.["key_alias"]]).toEqual(["a (generation 1)", "a"]);
  await up({ keys: { a: { generation: 2 } } });
  expect(key("a", 1)).toBeUndefined();
  expect(key("a", 2)).toBeDefined();
});

test("an adopted key that gets a value of its own stays valid while they overlap, and is not made again", async () => {
  const mark = { cerberus_owner: "cerberus-gateway/chaos", cerberus_id: "a", cerberus_generation: 0 };
  api.tables.keys.set("theirs", { token: "theirs", key_alias: "a", spend: 0, metadata: mark });
  await up({ keys: { a: { generation: 0 } } });
  const rotated = { keys: { a: { generation: 0 } } };
  const rotation = { a: { generation: 1, overlap: "2099-01-01" } };
  await up(rotated, rotation);
  expect(api.tables.keys.get("theirs")).toMatchObject({
    key_alias: "a (generation 0)",
    expires: expect.stringMatching(/^209[89]-/),
  });
  expect(key("a")).toMatchObject({ key_alias: "a", expires: null });
  const { length } = api.calls;
  await up(rotated, rotation);
  expect(api.calls).toHaveLength(length);
  api.tables.keys.delete("theirs");
  await up(rotated, rotation);
  expect([...api.tables.keys.values()]).toHaveLength(1);
  await up(rotated, { a: { generation: 1 } });
  expect(key("a")).toBeDefined();
});
