import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { memoryLog, SignedLog, seal } from "../../tests/audit-log/signed-log.ts";
import { logFolder } from "./log-folder.ts";
import { type VerifyOptions, verifyLog } from "./verify.ts";

const start = Date.parse("2026-11-25T10:00:00Z");
const quick: VerifyOptions = { headPatienceMs: 0 };
const active = "litellm_audit.jsonl";

/** Ten calls with a checkpoint after every five. */
function log(signingKey?: string) {
  const writer = new SignedLog("dev", signingKey);
  const lines: string[] = [];
  for (let n = 1; n <= 10; n += 1) {
    lines.push(
      writer.append(start + n, "chat_completion_success", `call-${n}`, { cost_usd: 0.5, model: "größe" }),
    );
    if (n % 5 === 0) lines.push(writer.checkpoint(start + n, 5));
  }
  return { writer, lines, head: writer.head() };
}

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
const verify = (lines: readonly string[], head?: string, options: VerifyOptions = {}) =>
  verifyLog(memoryLog({ [active]: text(lines) }, head), { ...quick, ...options });
const brief = async (result: ReturnType<typeof verify>) =>
  (await result).findings.map(({ kind, file, line, seq }) => `${kind} ${file}:${line} seq ${seq}`);

describe("a whole log", () => {
  test("is intact, and says what was read and whose key it was", async () => {
    const { lines, head, writer } = log();

    expect(await verify(lines, head)).toMatchObject({
      intact: true,
      stack: "dev",
      lines: 12,
      checkpoints: 2,
      first: { seq: 1 },
      last: { seq: 12, hash: writer.hash },
      keyFrom: "first seen",
      findings: [],
    });
    expect(await verify(lines, head, { publicKey: writer.publicKey })).toMatchObject({
      intact: true,
      keyFrom: "pinned",
    });
  });

  test("goes on across rotated, compressed and being-compressed files", async () => {
    const { lines, head } = log();
    const folder = mkdtempSync(`${tmpdir()}/audit-`);
    afterAll(() => rmSync(folder, { recursive: true }));
    writeFileSync(`${folder}/litellm_audit-000000000001.jsonl.gz`, gzipSync(text(lines.slice(0, 4))));
    writeFileSync(`${folder}/litellm_audit-000000000005.jsonl`, text(lines.slice(4, 7)));
    writeFileSync(`${folder}/litellm_audit-000000000005.jsonl.gz`, "half a file");
    writeFileSync(`${folder}/${active}`, text(lines.slice(7)));
    writeFileSync(`${folder}/litellm_audit.head.json`, head);

    expect(await verifyLog(logFolder(folder), quick)).toMatchObject({ intact: true, files: 3, lines: 12 });
  });
});

test("a compressed file that breaks off is named, and the files after it are still read", async () => {
  const { lines, head } = log();
  const folder = mkdtempSync(`${tmpdir()}/audit-`);
  afterAll(() => rmSync(folder, { recursive: true }));
  const packed = gzipSync(text(lines.slice(0, 4)));
  writeFileSync(`${folder}/litellm_audit-000000000001.jsonl.gz`, packed.subarray(0, packed.length / 2));
  writeFileSync(`${folder}/${active}`, text(lines.slice(4)));
  writeFileSync(`${folder}/litellm_audit.head.json`, head);

  const result = await verifyLog(logFolder(folder), quick);

  expect(result.findings.map(({ kind, file }) => `${kind} ${file}`)).toEqual([
    "unreadable litellm_audit-000000000001.jsonl.gz",
    `missing_lines ${active}`,
  ]);
  expect(result.last?.seq).toBe(12);
});

describe("damage is named with its place", () => {
  const { lines, head, writer } = log();
  const change = (index: number, edit: (line: string) => string) =>
    lines.with(index, edit(lines[index] ?? ""));
  const cheaper = (line: string) => line.replace('"cost_usd":0.5', '"cost_usd":0.4');
  const rehash = (line: string) => seal(`${line.slice(0, -75)}}`);

  test.each<[string, readonly string[], readonly string[]]>([
    ["an edited line", change(3, cheaper), [`changed ${active}:4 seq 4`]],
    [
      "an edited line with a new hash",
      change(3, (l) => rehash(cheaper(l))),
      [`broken_chain ${active}:5 seq 5`],
    ],
    ["a deleted line", lines.toSpliced(3, 1), [`missing_lines ${active}:4 seq 5`]],
    [
      "a line put in twice",
      lines.toSpliced(4, 0, lines[3] ?? ""),
      [`out_of_order ${active}:5 seq 4`, `duplicate_id ${active}:5 seq 4`],
    ],
    [
      "two lines exchanged",
      lines.with(3, lines[4] ?? "").with(4, lines[3] ?? ""),
      [`missing_lines ${active}:4 seq 5`, `out_of_order ${active}:5 seq 4`],
    ],
    ["newest lines cut off", lines.slice(0, 8), [`truncated ${active}:9 seq 9`]],
    ["oldest lines cut off", lines.slice(2), [`missing_lines ${active}:1 seq 3`]],
    ["rubbish between", lines.toSpliced(4, 0, "rubbish"), [`unreadable ${active}:5 seq 5`]],
    ["a line made unreadable", change(3, () => '{"v":1}'), [`unreadable ${active}:4 seq 4`]],
    [
      "other white space",
      change(3, (l) => rehash(l.replace('{"data":', '{ "data":'))),
      [`not_canonical ${active}:4 seq 4`, `broken_chain ${active}:5 seq 5`],
    ],
    [
      "a key named twice",
      change(3, (l) => rehash(l.replace('{"cost_usd":0.5,', '{"cost_usd":0.5,"cost_usd":0.4,'))),
      [`not_canonical ${active}:4 seq 4`, `broken_chain ${active}:5 seq 5`],
    ],
    [
      "lines added by someone else",
      [...lines, writer.append(start, "chat_completion_success", "more", {})],
      [`unsigned_tail ${active}:14 seq 13`],
    ],
  ])("%s", async (_, damaged, expected) => {
    expect(await brief(verify(damaged, head))).toEqual(expected);
  });

  test("a finding says what was found and expected, and the byte", async () => {
    const [finding] = (await verify(lines.toSpliced(3, 1), head)).findings;

    expect(finding).toEqual({
      kind: "missing_lines",
      file: active,
      line: 4,
      offset: Buffer.byteLength(text(lines.slice(0, 3))),
      seq: 5,
      found: "seq 5",
      expected: "seq 4 (line 4 missing)",
    });
  });

  test("all findings are counted, the first ones kept", async () => {
    const damaged = lines.map((line, i) => (i % 2 === 0 ? cheaper(line) : line));

    const result = await verify(damaged, head, { maxFindings: 2 });

    expect(result.findings).toHaveLength(2);
    expect(result.findingsTotal).toBeGreaterThan(2);
  });
});

describe("signatures", () => {
  test("a log rewritten with another key is refused where the key is pinned", async () => {
    const real = log();
    const forged = log("a forger's key");

    expect(await brief(verify(forged.lines, forged.head, { publicKey: real.writer.publicKey }))).toEqual([
      `other_key ${active}:6 seq 6`,
      `other_key ${active}:12 seq 12`,
      "other_key litellm_audit.head.json:1 seq 12",
    ]);
  });

  test("a chain rewritten without the key breaks at the next checkpoint and at the head", async () => {
    const real = log();
    const forger = new SignedLog("dev", "a forger's key");
    const forged = real.lines.map((line) => {
      const { event_type, id, data } = JSON.parse(line);
      return forger.append(
        start,
        event_type,
        id,
        event_type === "checkpoint" ? { ...data, head: forger.hash } : { ...data, cost_usd: 0 },
      );
    });

    expect(await brief(verify(forged, real.head))).toEqual([
      `bad_checkpoint ${active}:6 seq 6`,
      `rewritten ${active}:12 seq 12`,
      `bad_checkpoint ${active}:12 seq 12`,
    ]);
  });

  test("a head that is gone or wrong is a finding, for then a cut end would not show", async () => {
    const { lines, head } = log();

    expect(await brief(verify(lines))).toEqual(["head_missing litellm_audit.head.json:1 seq null"]);
    expect(await brief(verify(lines, "{"))).toEqual(["head_missing litellm_audit.head.json:1 seq null"]);
    expect(await brief(verify(lines, head.replace('"stack":"dev"', '"stack":"prod"')))).toEqual([
      "bad_head litellm_audit.head.json:1 seq 12",
    ]);
  });

  test("a position told from elsewhere must be in the log", async () => {
    const { lines, head, writer } = log();

    expect(await verify(lines, head, { expectedHead: { seq: 12, hash: writer.hash } })).toMatchObject({
      intact: true,
    });
    expect(await brief(verify(lines, head, { expectedHead: { seq: 13, hash: writer.hash } }))).toEqual([
      `truncated ${active}:13 seq 13`,
    ]);
    expect(await brief(verify(lines, head, { expectedHead: { seq: 3, hash: writer.hash } }))).toEqual([
      `rewritten ${active}:3 seq 3`,
    ]);
  });
});

describe("what is no damage", () => {
  test("files that retention deleted, as the log itself records it", async () => {
    const writer = new SignedLog("dev");
    const old = [1, 2, 3].map((n) => writer.append(start + n, "chat_completion_success", `c${n}`, {}));
    const kept = [writer.append(start, "log_rotated", "r", {})];
    const record = {
      file: "litellm_audit-000000000001.jsonl.gz",
      first_seq: 1,
      last_seq: 3,
      last_hash: JSON.parse(old[2] ?? "").hash,
    };
    kept.push(writer.append(start, "log_pruned", "p", record));

    expect(await verify(kept, writer.head())).toMatchObject({ intact: true, first: { seq: 4 } });
    await expect(
      verify(kept, writer.head(), { expectedHead: { seq: 2, hash: writer.hash } }),
    ).rejects.toThrow(/--head 2 is older than the log, which begins with seq 4/);
    expect(await brief(verify(kept.slice(1), writer.head()))).toEqual([`missing_lines ${active}:1 seq 5`]);
  });

  test("a torn end that the writer cut off and put on record; left there it is named", async () => {
    const writer = new SignedLog("dev");
    const first = writer.append(start, "chat_completion_success", "a", {});
    const torn = '{"data":{"mo';
    const cut = await verifyLog(memoryLog({ [active]: `${first}\n${torn}` }, writer.head()), quick);

    expect(cut.findings.map(({ kind, line }) => `${kind} ${line}`)).toEqual(["torn_line 2"]);

    const bytes = Buffer.from(torn).toString("base64");
    const mended = [1, 2].map((part) =>
      writer.append(start, "torn_line", `t${part}`, { bytes, part, parts: 2 }),
    );
    expect(await verify([first, ...mended], writer.head())).toMatchObject({ intact: true, tornEnds: 1 });
    expect(await brief(verify([first, torn, ...mended], writer.head()))).toEqual([
      `unreadable ${active}:2 seq 2`,
    ]);
  });

  test("lines that a living writer signs while the log is read", async () => {
    const { lines, writer } = log();
    let head = writer.head();
    lines.push(writer.append(start, "chat_completion_success", "newest", {}));
    const source = memoryLog({ [active]: text(lines) });
    setTimeout(() => {
      head = writer.head();
    }, 300);

    expect(await verifyLog({ ...source, head: () => head })).toMatchObject({ intact: true, lines: 13 });
  });
});
