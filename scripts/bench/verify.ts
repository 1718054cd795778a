import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { logFolder } from "../../ops/audit/log-folder.ts";
import { verifyLog } from "../../ops/audit/verify.ts";
import { Random } from "../../tests/audit-log/random.ts";
import { SignedLog } from "../../tests/audit-log/signed-log.ts";
import { appendRequest, requestEvents } from "../../tests/audit-log/traffic.ts";

// How fast a signed log is verified on one core: node scripts/bench/verify.ts [megabytes]. Prints JSON.

const megabytes = Number(process.argv[2] ?? 1000);
const folder = mkdtempSync(`${tmpdir()}/cerberus-verify-`);
try {
  const log = new SignedLog("bench");
  await write(log, megabytes * 1e6);
  const began = performance.now();
  const cpu = process.cpuUsage();
  const result = await verifyLog(logFolder(folder), { publicKey: log.publicKey });
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  process.stdout.write(
    `${JSON.stringify({
      intact: result.intact,
      bytes: result.bytes,
      lines: result.lines,
      checkpoints: result.checkpoints,
      seconds: Number(seconds.toFixed(2)),
      cpuSeconds: Number(((used.user + used.system) / 1e6).toFixed(2)),
      megabytesPerSecond: Math.round(result.bytes / 1e6 / seconds),
      memoryMib: Math.round(process.resourceUsage().maxRSS / 1024),
    })}\n`,
  );
  if (!result.intact) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function write(log: SignedLog, bytes: number): Promise<void> {
  const random = new Random(1);
  const file = createWriteStream(`${folder}/litellm_audit.jsonl`);
  const start = Date.parse("2026-11-01T00:00:00Z");
  let sinceCheckpoint = 0;
  for (let n = 0, written = 0; written < bytes; n += 1) {
    const lines = appendRequest(log, start + n * 40, `call-${n}`, requestEvents(random, "0123456789ab"));
    sinceCheckpoint += lines.length;
    if (sinceCheckpoint >= 1000) {
      lines.push(log.checkpoint(start + n * 40, sinceCheckpoint));
      sinceCheckpoint = 0;
    }
    const text = `${lines.join("\n")}\n`;
    written += Buffer.byteLength(text);
    if (!file.write(text)) await once(file, "drain");
  }
  await new Promise((done) => file.end(done));
  writeFileSync(`${folder}/litellm_audit.head.json`, log.head());
}
