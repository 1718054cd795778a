import { type Command, Option } from "commander";
import { outcomeOf } from "./audit/events.ts";
import { locateLog } from "./audit/location.ts";
import { logFolder } from "./audit/log-folder.ts";
import { tellUnreadable } from "./audit/output.ts";
import { noneUnreadable, recordsOf } from "./audit/records.ts";
import { parseWhen } from "./audit/when.ts";
import { explained, type Recorded, reconcile } from "./cost/reconcile.ts";
import { bookedCalls, type Dimension, dimensions } from "./cost/spend.ts";
import { Sums } from "./cost/sums.ts";
import { type CostReport, costCsv, costText } from "./cost/text.ts";
import { projectRoot } from "./paths.ts";
import { readOutputs } from "./stack-outputs.ts";

/** Exit code when the two books differ and nothing explains it; 0 is agreement, 1 no answer. */
const unexplained = 2;

/** Longest that a call may take, and what is between its end and its line, in ms: its line may lie that much later. */
const longestCallMs = 11 * 60_000;

interface Options {
  readonly stack: string;
  readonly by: Dimension;
  readonly since: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function registerCost(program: Command): void {
  program
    .command("cost")
    .description(
      "what calls cost, from LiteLLM's books, compared with the audit log call by call; exit code 2 = an unexplained difference",
    )
    .requiredOption("--stack <name>", "stack to ask")
    .addOption(new Option("--by <dimension>", "what to add up by").choices(dimensions).default("team"))
    .option("--since <moment>", "a date, a time in UTC, or an age such as 7d", "30d")
    .addOption(new Option("--json", "print JSON").conflicts("csv"))
    .option("--csv", "print CSV")
    .action(async (options: Options) => {
      const report = await costOf(projectRoot, options, Date.now());
      if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else process.stdout.write(options.csv ? costCsv(report) : costText(report));
      const { reconciliation } = report;
      if (reconciliation === null || explained(reconciliation)) return;
      process.exitCode = unexplained;
      if (options.csv) process.stderr.write("the books differ; see them without --csv\n");
    });
}

/** Reads both books. @throws UserError when one of them can't be read */
export async function costOf(root: string, options: Options, nowMs: number): Promise<CostReport> {
  const { stack, by } = options;
  const since = parseWhen(options.since, "--since", nowMs);
  // LiteLLM's own query takes whole seconds.
  const sinceMs = Math.floor(Date.parse(since) / 1000) * 1000;
  const outputs = await readOutputs(root, stack);
  // The log first: what is booked meanwhile is not missed in it, and what is not yet booked is known to be young.
  const recorded = outputs.auditLog === null ? null : await recordedCalls(root, stack, sinceMs);
  const sums = new Sums(by);
  const booked = new Map<string, number>();
  const inRange = new Set<string>();
  for await (const page of bookedCalls(outputs, sinceMs - longestCallMs, nowMs)) {
    for (const call of page) {
      booked.set(call.callId, (booked.get(call.callId) ?? 0) + call.usd);
      if (call.startMs < sinceMs) continue;
      sums.add(call);
      // A call that is still running has no line yet.
      if (nowMs - call.startMs > longestCallMs || recorded?.has(call.callId)) inRange.add(call.callId);
    }
  }
  const reconciliation = recorded === null ? null : reconcile(booked, inRange, recorded.values(), nowMs);
  return { stack, by, since, until: new Date(nowMs).toISOString(), sums: sums.sorted(), reconciliation };
}

async function recordedCalls(root: string, stack: string, sinceMs: number): Promise<Map<string, Recorded>> {
  using place = await locateLog(root, { stack });
  const unreadable = noneUnreadable();
  const calls = new Map<string, Recorded>();
  await using log = await logFolder(place.folder).open();
  for await (const batch of recordsOf(log.files, unreadable)) {
    for (const { line } of batch) {
      const atMs = Date.parse(line.timestamp);
      if (atMs < sinceMs || outcomeOf(line.event_type) === undefined) continue;
      // Lines of version 0.1.0 say of an answer from the cache what the first one cost; nothing was booked for it.
      const usd = line.data.cache_hit ? 0 : (line.data.cost_usd ?? 0);
      calls.set(line.id, { id: line.id, usd, atMs });
    }
  }
  tellUnreadable(unreadable);
  return calls;
}
