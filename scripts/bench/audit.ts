import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { hosts, replicaHost } from "../../infra/names.ts";
import { auditFolder } from "../../infra/render/cerberus-settings.ts";
import { docker } from "../../ops/docker.ts";
import { writeFileAtomic } from "../../ops/files.ts";
import { runToExit } from "../../ops/run.ts";
import { until } from "../../tests/live/engine.ts";
import { LiveStack } from "../../tests/live/live-stack.ts";
import { wholeNumber } from "../whole-number.ts";
import { withACore } from "./cores.ts";
import { median, quantile, spread } from "./figures.ts";
import { FsyncProbe } from "./fsync.ts";

// Two stacks side by side, alike but for safety, approvals and the audit log; the same load goes to one after the other.
// Each round is of two new LiteLLM processes: the seed of its hashes and the addresses it got make one a few percent quicker
// than the next, for as long as it runs.

/** As many as keep LiteLLM's core busy: with 8 it waits an eighth of the time, and throughput is how long a request takes. */
const clients = 16;
/** Requests to a new process before anything counts: it settles its heap after 200, and grows quicker until some 700. */
const warmUp = 800;
/** Turns that each side takes in a round at answering many clients at once. */
const crowds = 8;
/** So many times as many requests come from them as one at a time: work of LiteLLM's own falls into one turn or another. */
const perCrowds = 5;
/** One stream for so many requests. */
const perStream = 10;
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
const litellm = ({ name }: LiveStack): string => `${name}-${replicaHost(1)}`;

/** Times of one request at a time, in milliseconds; of an answer at once, or of a stream's first part and of all of it. */
interface Round {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly streamFirstP50Ms: number;
  readonly streamFirstP99Ms: number;
  readonly streamP50Ms: number;
  readonly streamP99Ms: number;
  /** Every request that was alone. */
  readonly timesMs: readonly number[];
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

/** Takes turns as often as it can: what slows the machine down for a while slows both sides down. */
async function takeTurns<T>(
  turns: Pair<() => Promise<T>>,
  order: readonly Name[],
  count: number,
  atOnce = 1,
): Promise<Pair<T[]>> {
  const taken: Pair<T[]> = { with: [], without: [] };
  for (let i = 0; i < count; i++)
    for (const name of order) {
      taken[name].push(await turns[name]());
      await sleep(restMs * atOnce);
    }
  return taken;
}

/** A new LiteLLM process, that has answered. */
async function renew({ stack, key }: Side): Promise<void> {
  const container = litellm(stack);
  await docker(["restart", container]);
  const answers = async () => (await stack.chat("cerberus-demo", "ready?", {}, key)).status === 200;
  await until(answers, `${container} to answer after a restart`);
}

/** The same for both sides. */
const ofBoth = <T>(sides: Pair<Side>, of: (side: Side) => Promise<T>): Pair<() => Promise<T>> => ({
  with: () => of(sides.with),
  without: () => of(sides.without),
});

interface Measured extends Pair<Round> {
  /** How long the log's own volume took to make a line durable, after each request: 99th percentile, and each. */
  readonly fsyncP99Ms: number;
  readonly fsyncMs: readonly number[];
}

const hundredths = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(2)));

async function round(
  sides: Pair<Side>,
  fsync: FsyncProbe,
  requests: number,
  order: readonly Name[],
): Promise<Measured> {
  const inCrowd = Math.ceil((requests * perCrowds) / crowds);
  const stacks = names.map((name) => sides[name].stack);
  const others = stacks.flatMap((stack) => [
    ...stack.containerNames().filter((name) => name !== litellm(stack)),
    stack.upstream.name,
  ]);
  // What limits throughput is LiteLLM's one thread: the same core for both, and for nothing else.
  const crowded = await withACore(stacks.map(litellm), others, () =>
    takeTurns(
      ofBoth(sides, (side) => crowd(side, inCrowd)),
      order,
      crowds,
      clients,
    ),
  );
  const fsyncMs: number[] = [];
  const answered = ofBoth(sides, async (side) => {
    const { wholeMs } = await timed(side, false);
    fsyncMs.push(await fsync.measure());
    return wholeMs;
  });
  const plain = await takeTurns(answered, order, requests);
  const streamed = await takeTurns(
    ofBoth(sides, (side) => timed(side, true)),
    order,
    Math.ceil(requests / perStream),
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
      timesMs: hundredths(plain[name]),
    };
  };
  return {
    with: of("with"),
    without: of("without"),
    fsyncP99Ms: quantile(fsyncMs, 0.99),
    fsyncMs: hundredths(fsyncMs),
  };
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
    const measured: Measured[] = [];
    for (let i = 0; i < rounds; i++) {
      await Promise.all(names.map((name) => renew(sides[name])));
      for (const name of names) await crowd(sides[name], warmUp);
      const order = i % 2 === 0 ? names : names.toReversed();
      measured.push(await round(sides, fsync, requests, order));
      process.stderr.write(`round ${i + 1} of ${rounds}: ${JSON.stringify(measured.at(-1))}\n`);
    }
    // Of one round, the 99th percentile is a handful of requests.
    const p99Of = (pick: (m: Measured) => readonly number[]) => quantile(measured.flatMap(pick), 0.99);
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
      ofAllRounds: {
        addedP99Ms: p99Of((m) => m.with.timesMs) - p99Of((m) => m.without.timesMs),
        fsyncP99Ms: p99Of((m) => m.fsyncMs),
      },
      rounds: measured,
    };
  } finally {
    await fsync?.stop();
    await withIt.sweep();
    await without.sweep();
  }
}

/** A list of thousands of numbers. */
const onOneLine = (list: string): string => list.trim().replace(/\s+/g, " ");

const program = new Command("bench:audit")
  .description(
    "What safety and the durable audit log cost, against the same gateway without them, in one run.",
  )
  .option("--rounds <count>", "interleaved rounds, of two minutes each", wholeNumber(1), 12)
  .option(
    "--requests <count>",
    `requests of each side in a round, one at a time; ${perCrowds} times as many by ${clients} clients, a ${perStream}th as streams`,
    wholeNumber(1),
    250,
  )
  .option("--output <file>", "keep every round as JSON")
  .action(async ({ rounds, requests, output }: { rounds: number; requests: number; output?: string }) => {
    const result = await bench(rounds, requests);
    const text = `${JSON.stringify(result, null, 2).replace(/(?<=\[)[\d.,\s]+(?=\])/g, onOneLine)}\n`;
    if (output !== undefined) writeFileAtomic(output, text, 0o644);
    process.stdout.write(text);
  });

await runToExit(async () => {
  await program.parseAsync();
});
