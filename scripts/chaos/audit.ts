import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import * as z from "zod";
import { writeFileAtomic } from "../../ops/files.ts";
import { runToExit } from "../../ops/run.ts";
import { auditChaos } from "../../tests/chaos/audit-chaos.ts";
import { LiveStack } from "../../tests/live/live-stack.ts";
import { wholeNumber } from "../whole-number.ts";

// The full run of what the live test does in small. It is kept in a file after every batch: a run that was cut off goes on.

const State = z.strictObject({
  seed: z.int(),
  batches: z.int(),
  kills: z.record(z.string(), z.int()),
  answers: z.int(),
  statuses: z.record(z.string(), z.int()),
  missing: z.array(z.string()),
  twice: z.array(z.string()),
  open: z.array(z.string()),
  findings: z.array(z.unknown()),
});
type State = z.infer<typeof State>;

/** Kills of one batch, by service: what some five minutes have room for. */
const batch = { audit: 40, "litellm-1": 2, "redis-coordination": 2, postgres: 2 };

const add = (
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> =>
  Object.fromEntries(
    [...Object.keys(a), ...Object.keys(b)].map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)]),
  );

async function run(goal: Readonly<Record<string, number>>, seed: number, file: string): Promise<State> {
  const fresh: State = {
    ...{ seed, batches: 0, kills: {}, answers: 0, statuses: {} },
    ...{ missing: [], twice: [], open: [], findings: [] },
  };
  let state = existsSync(file) ? State.parse(JSON.parse(readFileSync(file, "utf8"))) : fresh;
  const stack = await LiveStack.create();
  try {
    if (stack.first.code !== 0) throw new Error("set-up failed: see above");
    for (;;) {
      const left = Object.entries(batch).flatMap(([service, most]) => {
        const count = Math.min(most, (goal[service] ?? 0) - (state.kills[service] ?? 0));
        return count > 0 ? [[service, count] as const] : [];
      });
      if (left.length === 0) return state;
      const result = await auditChaos(stack, Object.fromEntries(left), state.seed + state.batches, (line) =>
        process.stderr.write(`${line}\n`),
      );
      state = {
        seed: state.seed,
        batches: state.batches + 1,
        kills: add(state.kills, result.kills),
        answers: state.answers + result.answers,
        statuses: add(state.statuses, result.statuses),
        missing: [...state.missing, ...result.missing],
        twice: [...state.twice, ...result.twice],
        open: [...state.open, ...result.open],
        findings: [...state.findings, ...result.findings],
      };
      writeFileAtomic(file, `${JSON.stringify(state, null, 2)}\n`, 0o644);
    }
  } finally {
    await stack.sweep();
  }
}

interface Options {
  readonly writer: number;
  readonly others: number;
  readonly seed: number;
  readonly state: string;
}

const program = new Command("chaos:audit")
  .description(
    "Kills the audit writer, LiteLLM, Redis and PostgreSQL under load; every answer must be on record once.",
  )
  .option("--writer <count>", "kills of the audit writer", wholeNumber(0), 1000)
  .option("--others <count>", "kills of LiteLLM, of Redis and of PostgreSQL, each", wholeNumber(0), 50)
  .option("--seed <number>", "the same seed gives the same moments", wholeNumber(0), 1)
  .option("--state <file>", "where the run is kept, and gone on with", ".cerberus/chaos-audit.json")
  .action(async ({ writer, others, seed, state }: Options) => {
    const goal = { audit: writer, "litellm-1": others, "redis-coordination": others, postgres: others };
    const result = await run(goal, seed, state);
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    const bad = [result.missing, result.twice, result.open, result.findings].some((list) => list.length > 0);
    if (bad) process.exitCode = 1;
  });

await runToExit(async () => {
  await program.parseAsync();
});
