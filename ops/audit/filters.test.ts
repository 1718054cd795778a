import { describe, expect, test } from "vitest";
import { SignedLog } from "../../tests/audit-log/signed-log.ts";
import { type FilterOptions, parseFilter } from "./filters.ts";
import { readRecord } from "./records.ts";

const now = Date.parse("2026-11-25T12:00:00Z");
const log = new SignedLog("dev");
const hour = (n: number) => Date.parse(`2026-11-25T${String(n).padStart(2, "0")}:00:00Z`);
const records = [
  log.append(hour(8), "chat_completion_success", "a", {
    team_alias: "research",
    user_id: "ada",
    model: "gpt",
    cost_usd: 0.7,
    status: 200,
    key_alias: "bot",
  }),
  log.append(hour(9), "chat_completion_started", "b:started", { team_id: "t2", requested_model: "claude" }),
  log.append(hour(10), "chat_completion_failure", "b", {
    team_id: "t2",
    requested_model: "claude",
    status: 502,
    key_hash: "abcdef",
  }),
  log.append(hour(11), "guardrail_denied", "c", {
    status: 400,
    guardrails: [{ guardrail: "g", action: "blocked" }],
    end_user: "eve",
  }),
].map((text) => {
  const record = readRecord(Buffer.from(text));
  if (typeof record === "string") throw new Error(record);
  return record;
});

const ids = (options: FilterOptions) => records.filter(parseFilter(options, now)).map(({ line }) => line.id);

test.each<[string, FilterOptions, string[]]>([
  ["nothing asked for: all but the intents of streams", {}, ["a", "b", "c"]],
  ["intents, when asked for", { started: true }, ["a", "b:started", "b", "c"]],
  ["intents, by their type", { type: ["*_started"] }, ["b:started"]],
  ["an age", { since: "2h" }, ["b", "c"]],
  [
    "from a time to a time, which is not included",
    { since: "2026-11-25T08:00", until: "2026-11-25T11:00:00Z" },
    ["a", "b"],
  ],
  ["an offset", { since: "2026-11-25T12:00+02:00" }, ["b", "c"]],
  ["a day", { since: "2026-11-26" }, []],
  ["several types", { type: ["chat_*_failure", "guardrail_denied"] }, ["b", "c"]],
  ["a key's alias", { key: "bot" }, ["a"]],
  ["the start of a key's hash", { key: "abc" }, ["b"]],
  ["a team by alias", { team: "research" }, ["a"]],
  ["a team by id", { team: "t2" }, ["b"]],
  ["an end user", { user: "eve" }, ["c"]],
  ["a model that was only asked for", { model: "claude" }, ["b"]],
  ["a status", { status: "502" }, ["b"]],
  ["a class of statuses", { status: "4xx" }, ["c"]],
  ["text anywhere", { text: '"ada"' }, ["a"]],
  ["a number above", { where: ["data.cost_usd>0.5"] }, ["a"]],
  ["a field in a list", { where: ["data.guardrails.action=blocked"] }, ["c"]],
  ["a field in a place of a list", { where: ["data.guardrails.0.guardrail = g"] }, ["c"]],
  ["something else than", { where: ["data.status!=200"] }, ["b", "c"]],
  ["contains", { where: ["data.team_alias~SEARCH"] }, ["a"]],
  ["several conditions", { where: ["data.status>=400", "data.status<500"] }, ["c"]],
])("%s", (_, options, expected) => {
  expect(ids(options)).toEqual(expected);
});

describe("what can't be understood is refused with the form it should have", () => {
  test.each<[FilterOptions, RegExp]>([
    [{ since: "yesterday" }, /--since is "yesterday".*\n.*--since 7d/],
    [{ until: "2026-13-01" }, /--until is "2026-13-01"/],
    [{ status: "4x" }, /--status is "4x"/],
    [{ where: ["data.cost_usd"] }, /--where "data.cost_usd"/],
    [{ where: ["data.cost_usd>much"] }, /--where "data.cost_usd>much"/],
  ])("%j", (options, message) => {
    expect(() => parseFilter(options, now)).toThrow(message);
  });
});
