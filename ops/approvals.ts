import { type Command, Option } from "commander";
import { UserError } from "../infra/settings/errors.ts";
import { type Approval, statuses } from "./approvals/approval.ts";
import { ApprovalsClient } from "./approvals/client.ts";
import { change, details, table } from "./approvals/text.ts";
import { projectRoot } from "./paths.ts";
import { readOutputs } from "./stack-outputs.ts";

interface Options {
  readonly stack: string;
  readonly json?: boolean;
}

/**
 * The approvals service of a stack, with the stack's master key.
 * @throws UserError when the stack has none
 */
async function connect(stack: string): Promise<ApprovalsClient> {
  const { urls, masterKey } = await readOutputs(projectRoot, stack);
  if (urls.approvals !== null) return new ApprovalsClient(urls.approvals, masterKey);
  throw new UserError(
    `stack "${stack}" has no approvals: they are switched off`,
    "pulumi config set --path approvals.enabled true, then pulumi up (docs/approvals.md)",
  );
}

const now = (): number => Date.now() / 1_000;

const show = (approval: Approval, json?: boolean): void => {
  process.stdout.write(json ? `${JSON.stringify(approval)}\n` : details(approval));
};

export function registerApprovals(program: Command): void {
  const approvals = program
    .command("approvals")
    .description("list, show, approve, deny and watch requests that wait for a person");
  const verb = (name: string, description: string): Command =>
    approvals
      .command(name)
      .description(description)
      .requiredOption("--stack <name>", "stack to ask")
      .option("--json", "print JSON");

  verb("list", "what waits, or what became of it within the last day")
    .addOption(new Option("--status <status>").choices([...statuses, "all"]).default("pending"))
    .action(async ({ stack, json, status }: Options & { status: string }) => {
      const found = await (await connect(stack)).list(status === "all" ? undefined : status);
      if (json) process.stdout.write(`${JSON.stringify(found)}\n`);
      else if (found.length > 0) process.stdout.write(table(found, now()));
      else process.stdout.write(status === "pending" ? "nothing waits for approval\n" : "none\n");
    });

  verb("show", "everything about one, with its prompt (masked)")
    .argument("<id>", "apr_…")
    .action(async (id: string, { stack, json }: Options) =>
      show(await (await connect(stack)).show(id), json),
    );

  for (const [name, description] of [
    ["approve", "let the request pass, once"],
    ["deny", "refuse the request; the client is told the reason"],
  ] as const) {
    verb(name, description)
      .argument("<id>", "apr_…")
      .requiredOption("--reason <text>", "why; it is kept in the audit log")
      .action(async (id: string, { stack, json, reason }: Options & { reason: string }) =>
        show(await (await connect(stack)).decide(name, id, reason), json),
      );
  }

  verb("watch", "what waits, then every change as it happens, until Ctrl-C").action(
    async ({ stack, json }: Options) => {
      const stop = new AbortController();
      process.once("SIGINT", () => stop.abort());
      try {
        for await (const approval of (await connect(stack)).watch(stop.signal))
          process.stdout.write(json ? `${JSON.stringify(approval)}\n` : change(approval));
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      }
    },
  );
}
