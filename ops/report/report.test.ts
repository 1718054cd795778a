import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sampleDays, sampleLog, sampleStart } from "../../tests/audit-log/sample.ts";
import { memoryLog, SignedLog } from "../../tests/audit-log/signed-log.ts";
import { verifyLog } from "../audit/verify.ts";
import { asTimestamp } from "../audit/when.ts";
import { projectRoot } from "../paths.ts";
import { reportText } from "../report.ts";
import { collect } from "./collect.ts";
import { readConfiguration } from "./configuration.ts";
import type { Scope } from "./range.ts";

const start = Date.parse("2026-11-25T10:00:00Z");
const day: Scope = { from: "2026-11-25T00:00:00.000000Z", to: "2026-11-26T00:00:00.000000Z", team: null };
const configuration = readConfiguration(`${projectRoot}/tests/audit-log/config`);

type Event = readonly [minute: number, type: string, data: object];

async function dataOf(events: readonly Event[], scope = day, withConfiguration = true) {
  const log = new SignedLog("dev");
  const lines = events.map(([minute, type, data], i) =>
    log.append(start + minute * 60_000, type, `id-${i}`, data as never),
  );
  const source = memoryLog({ "litellm_audit.jsonl": lines.map((line) => `${line}\n`).join("") }, log.head());
  return collect(source, scope, await verifyLog(source), withConfiguration ? configuration : null);
}

const call = (minute: number, data: object = {}): Event => [
  minute,
  "chat_completion_success",
  {
    model: "m",
    team_alias: "blue",
    user_id: "ada",
    cost_usd: 0.5,
    usage: { total_tokens: 10 },
    response_time_ms: 100,
    ...data,
  },
];

describe("what a report counts", () => {
  test("calls, spend, refusals and guardrail hits of the range, and nothing else", async () => {
    const data = await dataOf([
      call(-24 * 60),
      call(0),
      call(1, { team_alias: "red", user_id: "eve", cost_usd: 1.5, cache_hit: true }),
      [2, "chat_completion_started", { team_alias: "red" }],
      [3, "attempt_failure", { model: "m", team_alias: "red", cost_usd: 7 }],
      [3, "chat_completion_failure", { model: "m", team_alias: "red", cost_usd: 0 }],
      [
        4,
        "guardrail_denied",
        {
          error: { code: "content_blocked" },
          guardrails: [
            { guardrail: "g", action: "blocked" },
            { guardrail: "h", action: "allowed" },
          ],
        },
      ],
      call(24 * 60),
    ]);

    expect(data.totals).toMatchObject({ calls: 3, cost_usd: 2, denials: 1, failures: 1, cache_hits: 1 });
    expect(data.by_team.map(({ name, calls, cost_usd }) => [name, calls, cost_usd])).toEqual([
      ["red", 2, 1.5],
      ["blue", 1, 0.5],
    ]);
    expect(data.denials).toEqual([{ type: "guardrail_denied", code: "content_blocked", count: 1 }]);
    expect(data.guardrails).toEqual([{ guardrail: "g", action: "blocked", count: 1 }]);
    expect(data.over_time.points).toHaveLength(24);
    expect(data.over_time.points[10]).toMatchObject({
      start: "2026-11-25T10:00:00.000000Z",
      calls: 3,
      cost_usd: 2,
      denials: 1,
    });
    expect(data.budget).toEqual({ limit_usd: 250, period: "30d", spent_usd: 2.5 });
  });

  test("one team, by id or alias", async () => {
    const events = [
      call(0),
      call(1, { team_alias: "red", team_id: "team-7" }),
      [2, "admin_change", { operation: "key/generate" }],
    ] as const;

    expect((await dataOf(events, { ...day, team: "team-7" })).totals.calls).toBe(1);
    expect((await dataOf(events, { ...day, team: "blue" })).by_team.map(({ name }) => name)).toEqual([
      "blue",
    ]);
    expect((await dataOf(events, { ...day, team: "blue" })).changes.admin).toHaveLength(1);
  });

  test("approvals: who decided, after how long, and whether it was used", async () => {
    const asked = {
      team_alias: "blue",
      user_id: "ada",
      requested_model: "m",
      estimate_usd: 7,
      reasons: ["estimate"],
    };
    const { approvals } = await dataOf([
      [0, "approval_requested", { ...asked, approval_id: "apr_1" }],
      [0, "approval_requested", { ...asked, approval_id: "apr_2" }],
      [0, "approval_requested", { ...asked, approval_id: "apr_3" }],
      [5, "approval_granted", { approval_id: "apr_1", decided_by: "grace" }],
      [6, "approval_denied", { approval_id: "apr_2", decided_by: "grace" }],
      [7, "approval_used", { approval_id: "apr_1" }],
      [8, "approval_granted", { approval_id: "apr_0", decided_by: "linus" }],
    ]);

    expect(
      approvals.map(({ id, decision, decided_by, seconds, used }) => [
        id,
        decision,
        decided_by,
        seconds,
        used,
      ]),
    ).toEqual([
      ["apr_1", "approved", "grace", 300, true],
      ["apr_2", "denied", "grace", 360, false],
      ["apr_3", "none", null, null, false],
      ["apr_0", "approved", "linus", null, false],
    ]);
  });

  test("approvals as facts of a request's own line, decided by someone of no team", async () => {
    const events: Event[] = [
      [
        0,
        "approval_required",
        {
          team_id: "t1",
          user_id: "ada",
          requested_model: "m",
          approval_id: "apr_1",
          approval_event: "approval_requested",
        },
      ],
      [
        2,
        "approval_granted",
        {
          approval_id: "apr_1",
          decided_by: "grace",
          user_id: "grace",
          requester_team_id: "t1",
          requester_user_id: "ada",
          estimate_usd: 9,
          reasons: ["tools"],
        },
      ],
      [
        3,
        "chat_completion_success",
        { team_id: "t1", approval_id: "apr_1", approval_event: "approval_used" },
      ],
    ];
    const whole = {
      id: "apr_1",
      team: "t1",
      user: "ada",
      estimate_usd: 9,
      reasons: ["tools"],
      decision: "approved",
      decided_by: "grace",
      seconds: 120,
      used: true,
    };

    expect((await dataOf(events)).approvals).toMatchObject([whole]);
    expect((await dataOf(events, { ...day, team: "t1" })).approvals).toMatchObject([whole]);
    expect((await dataOf(events, { ...day, team: "t2" })).approvals).toEqual([]);
  });

  test("configurations: a change is said once, however many replicas go over to it", async () => {
    const at = (minute: number, replica: string, config_hash: string): Event =>
      call(minute, { replica, config_hash });
    const { changes } = await dataOf([
      at(0, "a", "1"),
      at(1, "b", "1"),
      at(2, "a", "2"),
      at(3, "b", "1"),
      at(4, "b", "2"),
      at(5, "a", "2"),
      at(6, "a", "1"),
    ]);

    expect(
      changes.configurations.map(({ config_hash, since }) => [config_hash, since.slice(14, 16)]),
    ).toEqual([
      ["1", "00"],
      ["2", "02"],
      ["1", "06"],
    ]);
  });

  test("lines that can't be read are counted and said", async () => {
    const data = await dataOf([call(0), [1, "chat_completion_success", { cost_usd: "much" }]]);

    expect(data.unreadable_lines).toBe(1);
    expect(reportText(data, "md")).toContain("because unreadable: 1 line.");
  });
});

describe("what a report looks like", () => {
  const nasty = '<script>alert("1")</script> | `x` *y*';

  test("names that clients choose are text in every form", async () => {
    const data = await dataOf([
      call(0, { team_alias: nasty, user_id: nasty, model: nasty }),
      [1, "admin_change", { operation: nasty, target: { a: nasty } }],
    ]);

    const html = reportText(data, "html");
    expect(html).not.toContain("<script>");
    expect(html).toContain("&lt;script&gt;");
    const rows = reportText(data, "md")
      .split("\n")
      .filter((line) => line.includes("script"));
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) {
      if (!row.includes("`a: ")) expect(row).not.toMatch(/<script|[^\\]\*y/);
      expect(row.replaceAll("\\|", "").split("|").length - 2).toBe(row.includes("%") ? 5 : 4);
    }
  });

  test("without a configuration it says what it can't know; a damaged log is said first", async () => {
    const log = new SignedLog("dev");
    const lines = [1, 2, 3].map((n) => log.append(start + n, "chat_completion_success", `c${n}`, {}));
    const source = memoryLog({ "litellm_audit.jsonl": `${lines[0]}\n${lines[2]}\n` }, log.head());
    const text = reportText(await collect(source, day, await verifyLog(source), null), "md");

    expect(text).toContain("Record: **NOT intact**");
    expect(text).toContain("missing\\_lines");
    expect(text).toContain("The budget is not known");
    expect(text).toContain("no configuration given");
  });

  test("an empty range gives a report that says so", async () => {
    const html = reportText(await dataOf([call(0)], { ...day, from: "2026-11-25T12:00:00.000000Z" }), "html");

    expect(html).toContain("No model was called.");
    expect(html).toContain("No request was refused.");
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("the sample report is what the code makes of the sample log, byte for byte", async () => {
    const { lines, head, publicKey } = sampleLog();
    const half = Math.floor(lines.length / 2);
    const text = (part: readonly string[]) => part.map((line) => `${line}\n`).join("");
    const source = memoryLog(
      {
        "litellm_audit-000000000001.jsonl": text(lines.slice(0, half)),
        "litellm_audit.jsonl": text(lines.slice(half)),
      },
      head,
    );
    const scope = {
      from: asTimestamp(sampleStart),
      to: asTimestamp(sampleStart + sampleDays * 86_400_000),
      team: null,
    };
    const data = await collect(source, scope, await verifyLog(source, { publicKey }), configuration);

    for (const format of ["md", "html"] as const) {
      expect(
        reportText(data, format) ===
          readFileSync(`${projectRoot}/docs/reference/sample-report.${format}`, "utf8"),
        `npm run report:sample writes ${format} anew`,
      ).toBe(true);
    }
    expect(JSON.parse(reportText(data, "json"))).toEqual(data);
    expect(reportText(data, "html")).not.toMatch(/NaN|undefined|https?:/);
  });
});
