import { Command } from "commander";
import { docker } from "../../ops/docker.ts";
import { runToExit } from "../../ops/run.ts";
import { LiveStack } from "../../tests/live/live-stack.ts";
import { median } from "./figures.ts";

const rounds = 5;

/** Memory of each of the stack's containers, in MiB. */
async function memory(names: readonly string[]): Promise<Record<string, number>> {
  const text = await docker(["stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", ...names]);
  const units: Readonly<Record<string, number>> = { KiB: 1 / 1024, MiB: 1, GiB: 1024 };
  const rows = [...text.matchAll(/^(\S+) ([\d.]+)(KiB|MiB|GiB)/gm)];
  return Object.fromEntries(
    rows.map(([, name = "", size, unit = ""]) => [name, Number(size) * (units[unit] ?? 0)]),
  );
}

async function bench() {
  const stack = await LiveStack.create();
  try {
    if (stack.first.code !== 0) throw new Error("set-up failed: see above");
    const steps = [...stack.first.text.matchAll(/^\[ *\d+\/\d+\] ([^:\n]+): .*\(([\d.]+) s\)$/gm)];
    const stepSeconds = Object.fromEntries(steps.map(([, name = "", seconds]) => [name, Number(seconds)]));
    const second = await stack.setUp();
    const previews: number[] = [];
    for (let i = 0; i < rounds; i++)
      previews.push((await stack.pulumi("preview", "--expect-no-changes")).seconds);
    const memoryMib = await memory(stack.containerNames());
    return {
      stepSeconds,
      upToSmokeGreenSeconds: (stepSeconds["pulumi up"] ?? 0) + (stepSeconds["smoke tests"] ?? 0),
      secondSetUpSeconds: second.seconds,
      noOpPreviewSeconds: { median: median(previews), all: previews },
      memoryMib,
      memoryMibInAll: Object.values(memoryMib).reduce((sum, mib) => sum + mib, 0),
    };
  } finally {
    await stack.sweep();
  }
}

const program = new Command("bench:up")
  .description("Times a throw-away stack from set-up to smoke-green, its no-op previews and its idle memory.")
  .option("--json", "print JSON")
  .action(async ({ json }: { json?: boolean }) => {
    const result = await bench();
    if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else {
      const line = (name: string, value: number, unit: string) =>
        `${value.toFixed(1).padStart(9)} ${unit.padEnd(4)} ${name}\n`;
      process.stdout.write("\n");
      for (const [name, seconds] of Object.entries(result.stepSeconds))
        process.stdout.write(line(name, seconds, "s"));
      process.stdout.write(line("pulumi up to smoke-green (goal 120)", result.upToSmokeGreenSeconds, "s"));
      process.stdout.write(line("second ./setup.sh (goal 60)", result.secondSetUpSeconds, "s"));
      process.stdout.write(
        line(`no-op preview, median of ${rounds} (goal 3)`, result.noOpPreviewSeconds.median, "s"),
      );
      for (const [name, mib] of Object.entries(result.memoryMib))
        process.stdout.write(line(name, mib, "MiB"));
      process.stdout.write(line("whole stack, idle (goal 3072)", result.memoryMibInAll, "MiB"));
    }
  });

await runToExit(async () => {
  await program.parseAsync();
});
