import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { hosts } from "../../infra/names.ts";
import { auditFolder } from "../../infra/render/cerberus-settings.ts";
import { writeFileAtomic } from "../../ops/files.ts";
import { runToExit } from "../../ops/run.ts";
import { LiveStack } from "../../tests/live/live-stack.ts";
import { wholeNumber } from "../whole-number.ts";
import { median, quantile, spread } from "./figures.ts";
import { FsyncProbe } from "./fsync.ts";

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

/** Times of one request at a time, in milliseconds; of an answer at once, or of a stream's first part and of all of it. */
interface Round {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly streamFirstP50Ms: number;
  readonly streamFirstP99Ms: number;
  readonly streamP50Ms: number;
  readonly streamP99Ms: number;
}

interface Timed {
  readonly firstMs: number;
  readonly wholeMs: number;
}

async function timed({ stack, key }: Side, stream: boolean): Promise<Timed> {
  const from = performance.now();
  const response = await stack.chat("gpt-4o-mini", `bench ${Math.random()}`, { stream }, key);
  const parts: Uint8Array[] = [];
  let firstMs = 0;
  for await (const part of response.body ?? []) {
    firstMs ||= performance.now() - from;
    parts.push(part);
  }
  if (response.status !== 200)
    throw new Error(`${stack.name}: ${response.status} ${Buffer.concat(parts).toString()}`);
  return { firstMs, wholeMs: performance.now() - from };
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

/** After each turn, in milliseconds and for each client, until LiteLLM has written its books: they would take the next's core. */
const restMs = 15;

/** Takes turns as often as it can: what slows the machine down for a while slows all of them down. One may have several in a row. */
async function takeTurns<N extends string, T>(
  turns: Readonly<Record<N, () => Promise<T>>>,
  order: readonly N[],
  count: number,
  atOnce = 1,
): Promise<Record<N, T[]>> {
  const taken = Object.fromEntries(order.map((name) => [name, [] as T[]])) as Record<N, T[]>;
  for (let i = 0; i < count; i++)
    for (const name of order) {
      taken[name].push(await turns[name]());
      await sleep(restMs * atOnce);
    }
  return taken;
}

/** The same for both sides. */
const ofBoth = <T>(sides: Pair<Side>, of: (side: Side) => Promise<T>): Pair<() => Promise<T>> => ({
  with: () => of(sides.with),
  without: () => of(sides.without),
});

interface Measured extends Pair<Round> {
  /** How long the log's own volume took to make a line durable, in turns with the requests: 99th percentile. */
  readonly fsyncP99Ms: number;
}

async function round(
  sides: Pair<Side>,
  fsync: FsyncProbe,
  requests: number,
  order: readonly Name[],
): Promise<Measured> {
  const inCrowd = Math.ceil((2 * requests) / crowds);
  const crowded = await takeTurns(
    ofBoth(sides, (side) => crowd(side, inCrowd)),
    order,
    crowds,
    clients,
  );
  const answered = ofBoth(sides, async (side) => (await timed(side, false)).wholeMs);
  const plain = await takeTurns(
    { ...answered, fsync: () => fsync.measure() },
    order.flatMap((name) => [name, "fsync" as const]),
    requests,
  );
  const streamed = await takeTurns(
    ofBoth(sides, (side) => timed(side, true)),
    order,
    requests,
  );
  const of = (name: Name): Round => {
    const first = streamed[name].map(({ firstMs }) => firstMs);
    const whole = streamed[name].map(({ wholeMs }) => wholeMs);
    return {
      requestsPerSecond: (crowds * inCrowd * 1000) / crowded[name].reduce((sum, ms) => sum + ms, 0),
      p50Ms: median(plain[name]),
      p99Ms: quantile(plain[name], 0.99),
      streamFirstP50Ms: median(first),
      streamFirstP99Ms: quantile(first, 0.99),
      streamP50Ms: median(whole),
      streamP99Ms: quantile(whole, 0.99),
    };
  };
  return { with: of("with"), without: of("without"), fsyncP99Ms: quantile(plain.fsync, 0.99) };
}

async function bench(rounds: number, requests: number) {
  const off = { audit: { enabled: false }, approvals: { enabled: false } };
  const withIt = await LiveStack.create({ suffix: "-with", gateway: gateway(true), config: {} });
  const without = await LiveStack.create({ suffix: "-without", gateway: gateway(false), config: off });
  let fsync: FsyncProbe | undefined;
  try {
    if (withIt.first.code !== 0 || without.first.code !== 0) throw new Error("set-up failed: see above");
    const sides = {
      with: { stack: withIt, key: await withIt.unlimitedKey() },
      without: { stack: without, key: await without.unlimitedKey() },
    };
    fsync = new FsyncProbe(`${withIt.name}-${hosts.audit}`, auditFolder);
    // Both are warm before anything counts.
    await round(sides, fsync, Math.ceil(requests / 4), names);
    const measured: Measured[] = [];
    for (let i = 0; i < rounds; i++) {
      const order = i % 2 === 0 ? names : names.toReversed();
      measured.push(await round(sides, fsync, requests, order));
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
      addedStreamFirstP50Ms: added(({ streamFirstP50Ms }) => streamFirstP50Ms),
      addedStreamFirstP99Ms: added(({ streamFirstP99Ms }) => streamFirstP99Ms),
      addedStreamP50Ms: added(({ streamP50Ms }) => streamP50Ms),
      addedStreamP99Ms: added(({ streamP99Ms }) => streamP99Ms),
      fsyncP99Ms: spread(measured.map(({ fsyncP99Ms }) => fsyncP99Ms)),
      rounds: measured,
    };
  } finally {
    await fsync?.stop();
    await withIt.sweep();
    await without.sweep();
  }
}

const program = new Command("bench:audit")
  .description(
    "What safety and the durable audit log cost, against the same gateway without them, in one run.",
  )
  .option("--rounds <count>", "interleaved rounds", wholeNumber(1), 5)
  .option(
    "--requests <count>",
    "requests of each kind and side in a round, twice as many at throughput",
    wholeNumber(1),
    1000,
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
