import { availableParallelism } from "node:os";
import { UserError } from "../../infra/settings/errors.ts";
import { docker } from "../../ops/docker.ts";

/**
 * Gives some containers the last core for themselves until the work is done; nothing else of these stacks runs there.
 * @throws UserError when there is one core only
 */
export async function withACore<T>(
  measured: readonly string[],
  others: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const last = availableParallelism() - 1;
  if (last < 1)
    throw new UserError(
      "this machine has one core; one is for what is measured alone",
      "use one with two or more",
    );
  const bind = (cores: string, containers: readonly string[]) =>
    docker(["update", "--cpuset-cpus", cores, ...containers]);
  try {
    await bind(`${last}`, measured);
    await bind(`0-${last - 1}`, others);
    return await work();
  } finally {
    await bind(`0-${last}`, [...measured, ...others]);
  }
}
