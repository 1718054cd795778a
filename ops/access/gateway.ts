import { Client, Unreachable } from "../../infra/access/objects/client.cjs";
import { type Found, listAll } from "../../infra/access/objects/listing.cjs";
import { makePlan, type Plan } from "../../infra/access/objects/plan.cjs";
import type { StackOutputs } from "../../infra/outputs.ts";
import { UserError } from "../../infra/settings/errors.ts";

export type Kind = Found["kind"];

/** Long enough for a replica that is being replaced. */
const patienceMs = 20_000;

export const adminClient = ({ urls, masterKey }: Pick<StackOutputs, "urls" | "masterKey">): Client =>
  new Client({ gatewayUrl: urls.api, masterKey }, patienceMs);

/** What a stack was last told to have, beside what its gateway has. */
export interface Comparison {
  readonly plan: Plan;
  /** What is there as defined, or nearly so. */
  readonly own: readonly Found[];
}

/**
 * Compares the gateway of a stack with its last `up`; changes nothing.
 * @throws UserError when the gateway doesn't answer, or refuses
 */
export async function compare(outputs: StackOutputs): Promise<Comparison> {
  const { owner, ...rows } = outputs.access;
  const listing = await asUserError(() => listAll(adminClient(outputs)));
  const plan = makePlan(rows, listing, owner);
  const beside = new Set([...plan.removals, ...plan.foreign]);
  const own = Object.values(listing)
    .flat()
    .filter((found) => found.owner === owner && !beside.has(found));
  return { plan, own };
}

/** Failures of the admin API in the form that commands show. */
export async function asUserError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [problem = "", fix] = error.message.split("\n  fix: ");
    const known = error instanceof Unreachable || error.message.startsWith("LiteLLM refused");
    throw known ? new UserError(problem, fix ?? "mend what LiteLLM names, then run it again") : error;
  }
}
