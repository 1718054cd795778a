import { Argument, type Command } from "commander";
import type { StackOutputs } from "../infra/outputs.ts";
import { adopt, type KindName, kindsByName, pick, revert } from "./access/adopt.ts";
import { adminClient, compare } from "./access/gateway.ts";
import { type Listed, listed, listText } from "./access/list.ts";
import { besideText, radar } from "./access/radar.ts";
import { projectRoot } from "./paths.ts";
import { readOutputs } from "./stack-outputs.ts";

interface Options {
  readonly stack: string;
  readonly json?: boolean;
}

/** Exit code when the gateway holds something else than the code says. */
const differs = 2;

const print = (json: boolean | undefined, value: unknown, text: string): void => {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text);
};

export function registerAccess(program: Command): void {
  const access = program
    .command("access")
    .description("teams, users, keys and budgets at the gateway, beside what the definitions say");
  const verb = (name: string, description: string): Command =>
    access
      .command(name)
      .description(description)
      .requiredOption("--stack <name>", "stack to ask")
      .option("--json", "print JSON");
  const ofOthers = (command: Command): Command =>
    command
      .addArgument(new Argument("<kind>").choices(Object.keys(kindsByName)))
      .argument("<name>", "its id; a key's alias");
  const find = async (outputs: StackOutputs, kind: KindName, name: string) =>
    pick((await compare(outputs)).plan.foreign, kind, name);

  verb("list", "everything there is, with whose it is, what it may spend and has spent").action(
    async ({ stack, json }: Options) => {
      const rows: readonly Listed[] = listed(await compare(await readOutputs(projectRoot, stack)));
      print(json, rows, listText(rows));
    },
  );

  verb(
    "diff",
    "what is not as the last `up` left it, and what others made; exit code 2 = something is, 0 = nothing",
  ).action(async ({ stack, json }: Options) => {
    const seen = await radar(await readOutputs(projectRoot, stack));
    const rows = [...seen.beside.map(besideText), ...seen.blind.map((why) => `not compared: ${why}`)];
    const ignored = seen.ignored > 0 ? ` (${seen.ignored} ignored)` : "";
    const head =
      rows.length === 0 ? `${stack}: as defined${ignored}` : `${stack}: ${rows.length} found${ignored}`;
    print(json, seen, `${[head, ...rows.map((row) => `  - ${row}`)].join("\n")}\n`);
    if (rows.length > 0) process.exitCode = differs;
  });

  ofOthers(verb("adopt", "take over what others made: the next `up` brings it to its definition"))
    .option("--as <id>", "id of a key in the definitions")
    .action(async (kind: KindName, name: string, { stack, json, as }: Options & { as?: string }) => {
      const outputs = await readOutputs(projectRoot, stack);
      const found = await find(outputs, kind, name);
      const id = as ?? (kind === "key" ? found.name : found.id);
      const yaml = await adopt(adminClient(outputs), found, outputs.access.owner, id);
      const next =
        "Adopted. Write this into the definitions before the next `pulumi up`, which removes it otherwise:";
      print(json, { kind, id, yaml }, `${next}\n\n${yaml}`);
    });

  ofOthers(verb("revert", "delete what others made"))
    .option("--yes", "really: it can't be undone")
    .action(async (kind: KindName, name: string, { stack, json, yes }: Options & { yes?: boolean }) => {
      const outputs = await readOutputs(projectRoot, stack);
      const found = await find(outputs, kind, name);
      if (yes) await revert(adminClient(outputs), found);
      print(
        json,
        { kind, name, deleted: yes === true },
        yes
          ? `deleted the ${kind} "${name}"\n`
          : `would delete the ${kind} "${name}" (${found.id}); add --yes\n`,
      );
    });
}
