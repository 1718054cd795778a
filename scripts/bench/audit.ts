import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { hosts } from "../../infra/names.ts";
import { auditFolder } from "../../infra/render/cerberus-settings.ts";
import { docker } from "../../ops/docker.ts";
import { writeFileAtomic } from "../../ops/files.ts";
import { runToExit } from "../../ops/run.ts";
import { LiveStack } from "../../tests/live/live-stack.ts";
import { wholeNumber } from "../whole-number.ts";
import { median, quantile, spread } from "./figures.ts";

// Two stacks side by side, alike but for safety, approvals and the audit log; the same load goes to one after the other.

const clients = 8;
/** Turns that each side takes in a round at answering many clients at once; twice as many requests as one at a time. */
const crowds = 10;
const gateway = (safety: boolean): string => `
models:
  - { name: gpt-4o-mini, provider: openai, model: gpt-4o-mini, defaultMaxTokens: 64 }
  # What the smoke tests of the set-up call, before there is an upstream.
  - { name: cerberus-demo, provider: demo, answer: hello, price: { inputUsdPerToken: 0.000001, outputUsdPerToken: 0.000001 } }
safety: { enabled: ${safety} }
`;

/** One of the two, with a key of its own. */
interface Side {
  readonly stack: LiveStack;
  readonly key: string;
}
type Name = "with" | "without";
type Pair<T> = Readonly<Record<Name, T>>;
const names: readonly Name[] = ["with", "without"];

interface Round {
  readonly requestsPerSecond: number;
  /** Of one request at a time, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly streamP50Ms: number;
  readonly streamP99Ms: number;
}

async function timed({ stack, key }: Side, stream: boolean): Promise<number> {
  const from = performance.now();
  const response = await stack.chat("gpt-4o-mini", `bench ${Math.random()}`, { stream }, key);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${stack.name}: ${response.status} ${text}`);
  return performance.now() - from;
}

/** Milliseconds until many clients at once have their answers. */
async function crowd(side: Side, requests: number): Promise<number> {
  let left = requests;
  const client = async () => {
    while (left-- > 0) await timed(side, false);
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return performance.now() - from;
}

/** After each turn, in milliseconds, until LiteLLM has written its books of it: they would take the next turn's core. */
const restMs = 30;

/** Takes turns as often as it can: what slows the machine down for a while slows both sides down. */
async function takeTurns(
  sides: Pair<Side>,
  turns: number,
  order: readonly Name[],
  turn: (side: Side) => Promise<number>,
) {
  const taken = { with: [] as number[], without: [] as number[] };
  for (let i = 0; i < turns; i++)
    for (const name of order) {
      taken[name].push(await turn(sides[name]));
      await sleep(restMs);
    }
  return taken;
}

async function round(sides: Pair<Side>, requests: number, order: readonly Name[]): Promise<Pair<Round>> {
  const inCrowd = Math.ceil((2 * requests) / crowds);
  const crowded = await takeTurns(sides, crowds, order, (side) => crowd(side, inCrowd));
  const plain = await takeTurns(sides, requests, order, (side) => timed(side, false));
  const streamed = await takeTurns(sides, requests, order, (side) => timed(side, true));
  const of = (name: Name): Round => ({
    requestsPerSecond: (crowds * inCrowd * 1000) / crowded[name].reduce((sum, ms) => sum + ms, 0),
    p50Ms: median(plain[name]),
    p99Ms: quantile(plain[name], 0.99),
    streamP50Ms: median(streamed[name]),
    streamP99Ms: quantile(streamed[name], 0.99),
  });
  return { with: of("with"), without: of("without") };
}

const probe = `
import os, time
path = "${auditFolder}/.fsync-probe"
fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
times = []
for _ in range(300):
    os.write(fd, b"x" * 1000)
    start = time.perf_counter()
    os.fdatasync(fd)
    times.append((time.perf_counter() - start) * 1000)
os.close(fd)
os.unlink(path)
print(sorted(times)[int(len(times) * 0.99)])
`;

/** How long the log's own volume takes to make a line durable: 99th percentile, in milliseconds. */
const fsyncP99 = async (stack: LiveStack): Promise<number> =>
  Number(await docker(["exec", `${stack.name}-${hosts.audit}`, "python3", "-c", probe]));

async function bench(rounds: number, requests: number) {
  const off = { audit: { enabled: false }, approvals: { enabled: false } };
  const withIt = await LiveStack.create({ suffix: "-with", gateway: gateway(true), config: {} });
  const without = await LiveStack.create({ suffix: "-without", gateway: gateway(false), config: off });
  try {
    if (withIt.first.code !== 0 || without.first.code !== 0) throw new Error("set-up failed: see above");
    const sides = {
      with: { stack: withIt, key: await withIt.unlimitedKey() },
      without: { stack: without, key: await without.unlimitedKey() },
    };
    // Both are warm before anything counts.
    await round(sides, Math.ceil(requests / 4), names);
    const measured: (Pair<Round> & { fsyncP99Ms: number })[] = [];
    for (let i = 0; i < rounds; i++) {
      const order = i % 2 === 0 ? names : names.toReversed();
      measured.push({ ...(await round(sides, requests, order)), fsyncP99Ms: await fsyncP99(withIt) });
      process.stderr.write(`round ${i + 1} of ${rounds}: ${JSON.stringify(measured.at(-1))}\n`);
    }
    const added = (pick: (side: Round) => number) =>
      spread(measured.map((m) => pick(m.with) - pick(m.without)));
    return {
      requestsPerRound: requests,
      clients,
      throughputLostPercent: spread(
        measured.map((m) => 100 * (1 - m.with.requestsPerSecond / m.without.requestsPerSecond)),
      ),
      addedP50Ms: added(({ p50Ms }) => p50Ms),
      addedP99Ms: added(({ p99Ms }) => p99Ms),
      addedStreamP50Ms: added(({ streamP50Ms }) => streamP50Ms),
      addedStreamP99Ms: added(({ streamP99Ms }) => streamP99Ms),
      fsyncP99Ms: spread(measured.map(({ fsyncP99Ms }) => fsyncP99Ms)),
      rounds: measured,
    };
  } finally {
    await withIt.sweep();
    await without.sweep();
  }
}

const program = new Command("bench:audit")
  .description(
    "What safety and the durable audit log cost, against the same gateway without them, in one run.",
  )
  .option("--rounds <count>", "interleaved rounds", wholeNumber(1), 7)
  .option(
    "--requests <count>",
    "requests of each kind and side in a round, twice as many at throughput",
    wholeNumber(1),
    400,
  )
  .option("--output <file>", "keep every round as JSON")
  .action(async ({ rounds, requests, output }: { rounds: number; requests: number; output?: string }) => {
    const result = await bench(rounds, requests);
    const text = `${JSON.stringify(result, null, 2)}\n`;
    if (output !== undefined) writeFileAtomic(output, text, 0o644);
    process.stdout.write(text);
  });

await runToExit(async () => {
  await program.parseAsync();
});
