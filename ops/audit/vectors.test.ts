import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { projectRoot } from "../paths.ts";
import { logFolder } from "./log-folder.ts";
import { noneUnreadable, recordsOf } from "./records.ts";
import { verifyLog } from "./verify.ts";

// tests/vectors/audit: what the Python side writes, by an independent hand.
const folder = `${projectRoot}/tests/vectors/audit`;
const publicKey = readFileSync(`${folder}/public-key.txt`, "utf8").trim();

test("the golden log is intact with its key pinned", async () => {
  const result = await verifyLog(logFolder(folder), { publicKey, headPatienceMs: 0 });

  expect(result).toMatchObject({
    findings: [],
    intact: true,
    stack: "golden",
    files: 2,
    lines: 11,
    checkpoints: 2,
    tornEnds: 1,
    keyFrom: "pinned",
  });
});

test("its lines can be read, with what Python writes of numbers and letters", async () => {
  const unreadable = noneUnreadable();
  const records = [];
  await using log = await logFolder(folder).open();
  for await (const batch of recordsOf(log.files, unreadable)) records.push(...batch);

  expect(unreadable.count).toBe(0);
  expect(records.map(({ line }) => line.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(records[1]?.line.data).toMatchObject({
    cost_usd: 0.0000675,
    tags: expect.arrayContaining(["日本語", "😀"]),
  });
});
