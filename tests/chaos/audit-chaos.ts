import { setTimeout as sleep } from "node:timers/promises";
import { logFolder } from "../../ops/audit/log-folder.ts";
import { noneUnreadable, recordsOf } from "../../ops/audit/records.ts";
import { verifyLog } from "../../ops/audit/verify.ts";
import type { LiveStack } from "../live/live-stack.ts";
import { check, type Line, type Verdict } from "./check.ts";
import { type Kills, kill } from "./kills.ts";
import { Load } from "./load.ts";

export interface ChaosResult extends Verdict {
  readonly kills: Kills;
  /** Whole answers of status 200; what else clients got, by status (0 = the connection broke). */
  readonly statuses: Readonly<Record<string, number>>;
  /** What `audit verify` has to say. */
  readonly findings: readonly unknown[];
}

/** Clients of the load; few, since a killed service is what is tested, not the machine. */
const clients = 4;

/** Whole answers without which nothing was tested. */
const leastAnswers = 60;

/** Kills services of a stack under load, and holds what clients got against what the log says. */
export async function auditChaos(
  stack: LiveStack,
  kills: Kills,
  seed: number,
  log: (line: string) => void,
): Promise<ChaosResult> {
  const { auditLog } = stack.outputs;
  if (auditLog === null || !("folder" in auditLog))
    throw new Error("the stack's audit log is not in a folder of this machine");
  const { folder } = auditLog;
  const load = new Load(stack, await stack.unlimitedKey(), clients);
  const counts: Record<string, number> = {};
  await kill(
    stack.name,
    kills,
    seed,
    () => wholeAnswers(load),
    (service) => {
      counts[service] = (counts[service] ?? 0) + 1;
      log(`killed ${service} ${counts[service]}/${kills[service]}, ${load.answers.length} answers so far`);
    },
  );
  // What was killed last is back before the load ends: there is something to hold against the log.
  await served(load, leastAnswers);
  const answers = await load.stop();
  const verdict = await settled(
    () => readLines(folder),
    (lines) => check(answers, lines),
  );
  const { findings } = await verifyLog(logFolder(folder), { publicKey: stack.outputs.auditPublicKey });
  const statuses: Record<string, number> = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  return { ...verdict, kills, statuses, findings };
}

const wholeAnswers = ({ answers }: Load): number =>
  answers.filter(({ status, whole }) => status === 200 && whole).length;

/** Waits until clients have got so many whole answers; three minutes at most. */
async function served(load: Load, count: number): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (wholeAnswers(load) < count && Date.now() < deadline) await sleep(500);
}

async function readLines(folder: string): Promise<readonly Line[]> {
  const lines: Line[] = [];
  await using log = await logFolder(folder).open();
  for await (const records of recordsOf(log.files, noneUnreadable())) {
    for (const { line } of records) lines.push({ id: line.id, event_type: line.event_type });
  }
  return lines;
}

/** Streams of a process that died are closed by the writer once it is sure: two minutes at most. */
async function settled(
  read: () => Promise<readonly Line[]>,
  judge: (lines: readonly Line[]) => Verdict,
): Promise<Verdict> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const verdict = judge(await read());
    if ((verdict.open.length === 0 && verdict.missing.length === 0) || Date.now() > deadline) return verdict;
    await sleep(2_000);
  }
}
