import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { stringify } from "yaml";
import { gateway as catalog } from "../../infra/catalog/gateway.ts";
import { runToExit } from "../../ops/run.ts";
import { LiveStack } from "../../tests/live/live-stack.ts";
import { wholeNumber } from "../whole-number.ts";
import { median } from "./figures.ts";

const rounds = 5;

/** So many teams, and a key for each. */
const office = (count: number, rpm: number) => {
  const ids = Array.from({ length: count }, (_, index) => `t${index}`);
  return {
    teams: Object.fromEntries(ids.map((id) => [id, { budget: { maxUsd: 5, period: "30d" } }])),
    keys: Object.fromEntries(ids.map((id) => [`${id}-key`, { team: id, rpm }])),
  };
};

async function bench(count: number) {
  const stack = await LiveStack.create();
  const define = (access: object): void =>
    writeFileSync(`${stack.clone.root}/gateway.yaml`, stringify({ ...catalog, access }));
  const up = async (): Promise<number> => {
    const { code, text, seconds } = await stack.up();
    if (code !== 0) throw new Error(text);
    return seconds;
  };
  const previews = async () => {
    const all: number[] = [];
    for (let i = 0; i < rounds; i++) all.push((await stack.pulumi("preview", "--expect-no-changes")).seconds);
    return { median: median(all), all };
  };
  try {
    if (stack.first.code !== 0) throw new Error("set-up failed: see above");
    const previewWithoutSeconds = await previews();
    define(office(count, 60));
    const applySeconds = await up();
    const previewSeconds = await previews();
    define(office(count, 61));
    const changeEveryKeySeconds = await up();
    define({});
    const removeSeconds = await up();
    return {
      ...{ teams: count, keys: count, applySeconds, changeEveryKeySeconds, removeSeconds },
      ...{ previewSeconds, previewWithoutSeconds },
    };
  } finally {
    await stack.sweep();
  }
}

const program = new Command("bench:access")
  .description(
    "Times teams and keys as code on a throw-away stack: apply, previews without changes, change, removal.",
  )
  .option("--count <count>", "teams, and as many keys", wholeNumber(1), 500)
  .action(async ({ count }: { count: number }) => {
    process.stdout.write(`${JSON.stringify(await bench(count), null, 2)}\n`);
  });

await runToExit(async () => {
  await program.parseAsync();
});
