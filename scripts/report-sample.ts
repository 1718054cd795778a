import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { gzipSync } from "node:zlib";
import { logFolder } from "../ops/audit/log-folder.ts";
import { verifyLog } from "../ops/audit/verify.ts";
import { asTimestamp } from "../ops/audit/when.ts";
import { writeFileAtomic } from "../ops/files.ts";
import { projectRoot } from "../ops/paths.ts";
import { collect } from "../ops/report/collect.ts";
import { readConfiguration } from "../ops/report/configuration.ts";
import { reportText } from "../ops/report.ts";
import { sampleDays, sampleLog, sampleStart } from "../tests/audit-log/sample.ts";

// Writes docs/reference/sample-report.md and .html from a made-up month: npm run report:sample. From a live stack:
//   npm run report -- --stack dev --from 1d --format html --out docs/reference/live-report.html

const folder = mkdtempSync(`${tmpdir()}/cerberus-sample-`);
try {
  const { lines, head, publicKey } = sampleLog();
  const half = Math.floor(lines.length / 2);
  const text = (part: readonly string[]) => part.map((line) => `${line}\n`).join("");
  writeFileSync(`${folder}/litellm_audit-000000000001.jsonl.gz`, gzipSync(text(lines.slice(0, half))));
  writeFileSync(`${folder}/litellm_audit.jsonl`, text(lines.slice(half)));
  writeFileSync(`${folder}/litellm_audit.head.json`, head);
  const source = logFolder(folder);
  const scope = {
    from: asTimestamp(sampleStart),
    to: asTimestamp(sampleStart + sampleDays * 86_400_000),
    team: null,
  };
  const verification = await verifyLog(source, { publicKey });
  const configuration = readConfiguration(`${projectRoot}/tests/audit-log/config`);
  const data = await collect(source, scope, verification, configuration);
  for (const format of ["md", "html"] as const) {
    const file = `docs/reference/sample-report.${format}`;
    writeFileAtomic(`${projectRoot}/${file}`, reportText(data, format), 0o644);
    process.stdout.write(`${file}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
