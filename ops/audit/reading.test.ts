import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { memoryLog, SignedLog } from "../../tests/audit-log/signed-log.ts";
import { exported } from "./export.ts";
import { lineText } from "./line-text.ts";
import { locateLog } from "./location.ts";
import { logFolder } from "./log-folder.ts";
import { Quantiles } from "./quantiles.ts";
import { noneUnreadable, readRecord, recordsOf } from "./records.ts";
import { StatsCounter } from "./stats.ts";
import { statsText } from "./stats-text.ts";
import { follow, newest } from "./tail.ts";

const active = "litellm_audit.jsonl";
const start = Date.parse("2026-11-25T10:00:00Z");
const everything = () => true;
let folder = "";
let log: SignedLog;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/audit-`);
  log = new SignedLog("dev");
});
afterEach(() => rmSync(folder, { recursive: true }));

const call = (n: number, data = {}) => `${log.append(start + n, "chat_completion_success", `c${n}`, data)}\n`;
const ids = (records: readonly { line: { id: string } }[]) => records.map(({ line }) => line.id);

test("the newest lines are taken from as many files as it needs", async () => {
  writeFileSync(`${folder}/litellm_audit-000000000001.jsonl.gz`, gzipSync(call(1) + call(2) + call(3)));
  writeFileSync(`${folder}/${active}`, call(4) + call(5));

  const take = async (count: number) =>
    ids(await newest(logFolder(folder), count, everything, noneUnreadable()));

  expect(await take(2)).toEqual(["c4", "c5"]);
  expect(await take(4)).toEqual(["c2", "c3", "c4", "c5"]);
  expect(await take(9)).toEqual(["c1", "c2", "c3", "c4", "c5"]);
});

test("a file that breaks off is told, and the others are read", async () => {
  const packed = gzipSync(call(1) + call(2));
  writeFileSync(`${folder}/litellm_audit-000000000001.jsonl.gz`, packed.subarray(0, packed.length - 20));
  writeFileSync(`${folder}/${active}`, call(3));
  const unreadable = noneUnreadable();

  expect(ids(await newest(logFolder(folder), 9, everything, unreadable)).at(-1)).toBe("c3");
  expect(unreadable).toEqual({
    count: 1,
    first: "litellm_audit-000000000001.jsonl.gz breaks off: unexpected end of file",
  });
});

test("following goes on across a rotation, loses nothing and repeats nothing", async () => {
  writeFileSync(`${folder}/${active}`, call(1) + call(2));
  const stop = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const { line } of follow(folder, { afterSeq: 1, signal: stop.signal, pollMs: 5 })) {
      seen.push(line.id);
      if (seen.length === 5) stop.abort();
    }
  })();

  await sleep(40);
  const third = call(3);
  appendFileSync(`${folder}/${active}`, third.slice(0, 20));
  await sleep(20);
  appendFileSync(`${folder}/${active}`, third.slice(20) + call(4));
  renameSync(`${folder}/${active}`, `${folder}/litellm_audit-000000000001.jsonl`);
  await sleep(20);
  writeFileSync(`${folder}/${active}`, call(5) + call(6));
  await following;

  expect(seen).toEqual(["c2", "c3", "c4", "c5", "c6"]);
});

test("an export gives CSV that no spreadsheet runs, JSON, and the log's own lines", async () => {
  const lines =
    call(1, { cost_usd: 0.25, team_alias: "=cmd()", error: { code: 'a "b", c' } }) + call(2, { cost_usd: 1 });
  const text = async (format: "csv" | "json" | "jsonl", columns?: string[]) => {
    const { files } = await memoryLog({ [active]: lines }).open();
    let all = "";
    for await (const piece of exported(recordsOf(files, noneUnreadable()), everything, format, columns))
      all += piece;
    return all;
  };
  const columns = ["seq", "data.team_alias", "data.error.code", "data.cost_usd"];

  expect(await text("csv", columns)).toBe(`${columns.join(",")}\r\n1,'=cmd(),"a ""b"", c",0.25\r\n2,,,1\r\n`);
  expect(JSON.parse(await text("json", ["seq", "data.cost_usd"]))).toEqual([
    { seq: 1, "data.cost_usd": 0.25 },
    { seq: 2, "data.cost_usd": 1 },
  ]);
  expect(JSON.parse(await text("json"))).toHaveLength(2);
  expect(await text("jsonl")).toBe(lines);
});

test("statistics add up calls, not intents or denials", () => {
  const stats = new StatsCounter();
  const add = (type: string, data: object) => {
    const record = readRecord(Buffer.from(log.append(start, type, `id${log.seq}`, data as never)));
    if (typeof record !== "string") stats.add(record.line);
  };
  for (let n = 1; n <= 100; n += 1) {
    add("chat_completion_success", {
      model: n > 90 ? "big" : "small",
      team_alias: "t",
      cost_usd: 0.01,
      response_time_ms: n * 10,
      usage: { prompt_tokens: 3, completion_tokens: 2 },
    });
  }
  add("chat_completion_failure", { requested_model: "big", team_alias: "t" });
  add("budget_denied", { cost_usd: 5 });

  const result = stats.result();

  expect(result).toMatchObject({
    lines: 102,
    calls: 101,
    denials: 1,
    prompt_tokens: 300,
    completion_tokens: 200,
  });
  expect(result.cost_usd).toBeCloseTo(1);
  expect(result.by_model.map(({ name, calls, total_tokens }) => [name, calls, total_tokens])).toEqual([
    ["small", 90, 450],
    ["big", 11, 50],
  ]);
  expect(result.latency_ms.p50).toBeGreaterThan(490);
  expect(result.latency_ms.p95).toBeLessThan(965);
  expect(statsText(result)).toContain("101 model calls, $1.00, 300 tokens in, 200 out; 1 request refused");
});

test("quantiles are right within one in a hundred, and null of nothing", () => {
  const quantiles = new Quantiles();
  expect(quantiles.at(0.5)).toBeNull();
  for (let n = 1; n <= 10_000; n += 1) quantiles.add(n);
  for (const q of [0.01, 0.5, 0.95, 0.99, 1]) {
    expect(Math.abs((quantiles.at(q) ?? 0) / (q * 10_000) - 1)).toBeLessThan(0.011);
  }
});

test("what a client wrote reaches no terminal as control characters", () => {
  const record = readRecord(
    Buffer.from(log.append(start, "chat_completion_success", "x", { team_alias: "a\u001b[2Jb" })),
  );
  if (typeof record === "string") throw new Error(record);

  expect(lineText(record.line)).toContain("a\ufffd[2Jb");
});

test("a log is found by folder, by a stack's output, and by its name alone", async () => {
  const find = (options: object, outputs?: object) =>
    locateLog("/project", options, () => Promise.resolve(outputs as undefined));

  expect(await find({ dir: "/logs" })).toMatchObject({ folder: "/logs", publicKey: undefined });
  expect(await find({ stack: "dev" })).toMatchObject({ folder: "/project/logs/dev" });
  expect(
    await find({ stack: "dev" }, { auditLog: { folder: "/var/audit" }, auditPublicKey: "ab" }),
  ).toMatchObject({
    folder: "/var/audit",
    publicKey: "ab",
  });
  await expect(find({})).rejects.toThrow(/which log is not said/);
});

test("a folder without a log is refused by name", () => {
  expect(() => logFolder(`${folder}/none`)).toThrow(/there is no folder .*none/);
  expect(() => logFolder(folder)).toThrow(/holds no audit log/);
});
