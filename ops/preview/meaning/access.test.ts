import { describe, expect, test } from "vitest";
import { ofAccess } from "./access.ts";

const key = {
  models: ["a", "b"],
  max_budget: 10,
  rpm_limit: null,
  blocked: false,
  team_id: "t",
  metadata: { cerberus_generation: 1 },
};
const keys = (after: object) => ofAccess({ keys: { app: key } }, { keys: { app: { ...key, ...after } } });

test.each<[string, object, string, string]>([
  ["loses models", { models: ["a"] }, "high", "the key app would lose b"],
  ["loses all but some", { models: ["c"] }, "high", "the key app would lose a, b"],
  ["gains every model", { models: [] }, "medium", "the key app would gain every model"],
  [
    "gets a higher budget",
    { max_budget: 20 },
    "medium",
    "the key app's budget would rise from 10 USD to 20 USD",
  ],
  ["gets a lower budget", { max_budget: 5 }, "low", "the key app's budget would fall from 10 USD to 5 USD"],
  ["loses its budget", { max_budget: null }, "medium", "the key app's budget would rise from 10 USD to none"],
  [
    "gets a rate limit",
    { rpm_limit: 5 },
    "low",
    "the key app's rate limit would fall from none to 5 requests per minute",
  ],
  ["is blocked", { blocked: true }, "high", "the key app would be blocked"],
  ["moves", { team_id: null }, "medium", "the key app would have the team none instead of t"],
  [
    "is rotated without an overlap",
    { metadata: { cerberus_generation: 2 } },
    "high",
    "the key app gets a new value; the former one ends at once: whoever uses it needs the new one",
  ],
])("a key that %s", (_what, after, risk, text) => {
  expect(keys(after)).toContainEqual({ risk, text });
});

describe("a key with an overlap", () => {
  const second = { ...key, metadata: { cerberus_generation: 2 } };
  const former = { ...key, expires: "2026-12-02" };

  test("is one sentence, with the last day of the former value", () => {
    const keys = { app: second, "app@1": former };
    expect(ofAccess({ keys: { app: key } }, { keys })).toEqual([
      { risk: "medium", text: "the key app gets a new value; the former one stays valid up to 2026-12-02" },
    ]);
  });

  test.each<[string, object, string[]]>([
    ["ends", { app: second }, ["generation 1 of the key app would end"]],
    [
      "is given another day",
      { app: second, "app@1": { ...former, expires: "2026-12-09" } },
      ["generation 1 of the key app would stay valid up to 2026-12-09 instead of 2026-12-02"],
    ],
    ["goes with its key", {}, ["the key app would be removed"]],
    ["changes its limits", { app: second, "app@1": { ...former, rpm_limit: 5 } }, []],
  ])("whose former value %s", (_what, after, texts) => {
    const found = ofAccess({ keys: { app: second, "app@1": former } }, { keys: after });
    expect(found.map(({ text }) => text)).toEqual(texts);
  });
});

test("what is made and what goes is said, a team with what it has spent", () => {
  expect(ofAccess({ teams: { old: {} } }, { teams: { new: {} } })).toEqual([
    { risk: "high", text: "the team old would be removed, and what it has spent forgotten" },
    { risk: "low", text: "the team new would be made" },
  ]);
});

test("nothing is said of what stays", () => {
  expect(keys({})).toEqual([]);
});

test("another seed is another value of every key", () => {
  expect(ofAccess({ seed: "[secret]" }, { seed: "[secret]" })).toEqual([]);
  expect(ofAccess({ seed: "a" }, { seed: "b" })).toMatchObject([{ risk: "high" }]);
});
