import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { LiteLLMAdapter } from "../../client/src/index.ts";
import { freePort } from "../../tests/live/clone.ts";
import { median, quantile, spread } from "./figures.ts";

// What the client's adapter adds to a bare fetch: node scripts/bench/client.ts [rounds]. Both call the test upstream, in a
// process of its own, in short rounds that take turns, so that a busy machine slows both alike. Prints JSON; exit code 1 above 5 %.

const calls = 20;
const rounds = Number(process.argv[2] ?? 300);
const mostPercent = 5;

const port = await freePort();
const upstream = spawn(process.execPath, ["tests/upstream/server.ts", String(port)], { stdio: "inherit" });
const url = `http://127.0.0.1:${port}`;
const request = {
  model: "m",
  messages: [{ role: "user" as const, content: "How long does it take?" }],
  max_tokens: 50,
};
const adapter = new LiteLLMAdapter({ baseUrl: url, apiKey: "sk-bench" });

async function bare(): Promise<void> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer sk-bench", "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  await response.json();
}
const adapted = () => adapter.completeChat(request);

/** Milliseconds of each call. */
async function round(call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < calls; n++) {
    const from = performance.now();
    await call();
    times.push(performance.now() - from);
  }
  // The upstream remembers what it saw.
  await fetch(`${url}/control`, { method: "DELETE" });
  return times;
}

try {
  for (let attempt = 0; attempt < 100 && !(await fetch(`${url}/control`).catch(() => undefined)); attempt++)
    await sleep(50);
  for (let n = 0; n < 20; n++) for (const call of [bare, adapted]) await round(call);
  const taken: { bare: number[]; adapted: number[] } = { bare: [], adapted: [] };
  const overheads: number[] = [];
  for (let n = 0; n < rounds; n++) {
    // Whoever goes second has it warmer: they take turns at that, too.
    const first = n % 2 === 0 ? bare : adapted;
    const times = [await round(first), await round(first === bare ? adapted : bare)];
    const [own = [], other = []] = first === adapted ? times : times.reverse();
    taken.adapted.push(...own);
    taken.bare.push(...other);
    overheads.push((median(own) / median(other) - 1) * 100);
  }
  const overhead = (median(taken.adapted) / median(taken.bare) - 1) * 100;
  const figures = (times: readonly number[]) => ({ p50Ms: median(times), p99Ms: quantile(times, 0.99) });
  process.stdout.write(
    `${JSON.stringify({
      ...{ calls: calls * rounds, bare: figures(taken.bare), adapter: figures(taken.adapted) },
      ...{ overheadPercentP50: overhead, ofRounds: spread(overheads) },
    })}\n`,
  );
  if (overhead > mostPercent) process.exitCode = 1;
} finally {
  upstream.kill();
}
