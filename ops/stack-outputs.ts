import { StackOutputs } from "../infra/outputs.ts";
import { UserError } from "../infra/settings/errors.ts";
import { runPulumi } from "./pulumi.ts";

/** A stack whose last `up` did not come to its end. */
export class UnfinishedUpError extends UserError {}

/**
 * Outputs of a stack that is up, secrets included: keep them in memory.
 * @throws UserError when there is no such stack; UnfinishedUpError when its last `up` did not finish
 */
export async function readOutputs(root: string, stack: string): Promise<StackOutputs> {
  const result = await runPulumi({
    root,
    args: ["stack", "output", "--json", "--show-secrets", "--stack", stack],
  });
  if (result.code !== 0) {
    throw new UserError(
      `no outputs of stack "${stack}": ${result.stderr.trim()}`,
      `run ./setup.sh --stack ${stack}`,
    );
  }
  const parsed = StackOutputs.safeParse(JSON.parse(result.stdout));
  if (parsed.success) return parsed.data;
  const missing = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? "?")))].join(", ");
  throw new UnfinishedUpError(
    `stack "${stack}" has incomplete outputs (${missing}): its last \`up\` did not finish`,
    `run ./setup.sh --stack ${stack}, or pulumi up`,
  );
}
