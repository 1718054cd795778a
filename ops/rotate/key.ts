import { setTimeout as sleep } from "node:timers/promises";
import { agentKeyId } from "../../infra/names.ts";
import type { StackOutputs } from "../../infra/outputs.ts";
import { UserError } from "../../infra/settings/errors.ts";
import { asText, type Report } from "../preview/report.ts";
import { pulumi } from "../pulumi.ts";
import { readOutputs } from "../stack-outputs.ts";
import { type KeyPlan, newValueCommand, planKey } from "./key-plan.ts";
import { fromEveryReplica } from "./prove.ts";
import { type Log, numbered, previewWith, settled, up } from "./rotate.ts";

/** What a rotation of a key came to; holds no secret. */
export interface KeyRotated {
  readonly key: string;
  readonly generation: number;
  /** Last day of the former value, UTC; null when it ended. */
  readonly formerValidUntil: string | null;
  /** null where nobody here knows the former value, or the key is blocked. */
  readonly proved: { readonly newAccepted: boolean | null; readonly formerAccepted: boolean | null };
  /** Prints the new value for a program. */
  readonly newValue: string;
}

const today = (): string => new Date().toISOString().slice(0, 10);

/**
 * Gives a key another value, the former one staying valid for a while, and proves both.
 * @throws UserError when there is no such key, or a value is not accepted or refused as it should be
 */
export async function rotateKey(
  root: string,
  stack: string,
  id: string,
  days: number,
  log: Log,
): Promise<KeyRotated> {
  const before = await settled(root, stack, log);
  const plan = planKey(before, id, days, today());
  for (const [verb = "", ...change] of plan.changes)
    await pulumi({ root, args: ["config", verb, "--stack", stack, ...change] });
  log(`rotation.keys.${id} is generation ${plan.to} in the stack's configuration`);
  await up(root, stack, log);
  const after = await readOutputs(root, stack);
  const generation = after.rotation.keys[id]?.generation;
  if (generation !== plan.to) {
    throw new UserError(
      `the key "${id}" is generation ${generation ?? "?"} after the up, not ${plan.to}`,
      "its definition was raised meanwhile, or the stack's committed file says another one: see pulumi config",
    );
  }
  const proved = await proveKey(plan, before, after);
  for (const line of saidOf(plan, proved, stack)) log(line);
  const formerValidUntil = plan.until ?? null;
  return { key: id, generation, formerValidUntil, proved, newValue: newValueCommand(id, stack) };
}

/** Says what a rotation of a key would do: nothing is changed. */
export async function rehearseKey(
  root: string,
  stack: string,
  id: string,
  days: number,
): Promise<{ readonly plan: KeyPlan; readonly preview: Report }> {
  const plan = planKey(await readOutputs(root, stack), id, days, today());
  return { plan, preview: await previewWith(root, stack, plan.changes) };
}

export const rehearsalText = ({ plan, preview }: { plan: KeyPlan; preview: Report }): string =>
  `rotates the key ${plan.id}: generation ${plan.from} → ${plan.to}\n${numbered(plan.steps)}\n${asText(preview)}\nnothing was changed: this was --dry-run\n`;

/** What is said at the end. */
export function saidOf(
  { id, from, to, until }: KeyPlan,
  proved: KeyRotated["proved"],
  stack: string,
): string[] {
  const former = from === 0 ? "the value it was adopted with" : "the former value";
  const end = until === undefined ? "is refused" : `stays valid up to ${until} (UTC)`;
  const unproved = proved.newAccepted === null ? " (the key is blocked: neither value could be tried)" : "";
  return [
    `the key ${id}: generation ${to} is in use${unproved}; ${former} ${end}`,
    `its new value, for programs: ${newValueCommand(id, stack)}`,
    ...(until === undefined ? [] : [`a program that still has the former one after ${until} is refused`]),
  ];
}

async function proveKey(
  plan: KeyPlan,
  before: StackOutputs,
  after: StackOutputs,
): Promise<KeyRotated["proved"]> {
  if (after.access.keys[plan.id]?.["blocked"] === true) return { newAccepted: null, formerAccepted: null };
  const value = keyIn(after, plan.id);
  if (value === undefined) throw new UserError(`the key "${plan.id}" has no value`, "run pulumi up again");
  await eventually(after, value, true, "the new value is not accepted");
  const former = keyIn(before, plan.id);
  if (former === undefined) return { newAccepted: true, formerAccepted: null };
  const stays = plan.until !== undefined;
  const wrong = stays ? "the former value is refused already" : "the former value is still accepted";
  await eventually(after, former, stays, wrong);
  return { newAccepted: true, formerAccepted: stays };
}

const keyIn = (outputs: StackOutputs, id: string): string | undefined =>
  id === agentKeyId ? outputs.cerberusEnv.LITELLM_MASTER_KEY : outputs.accessKeys[id];

/** A replica remembers a key for a few seconds (user_api_key_cache_ttl). */
const memoryMs = 15_000;

/** Asks until every replica agrees on whether a value is accepted. */
async function eventually(
  outputs: StackOutputs,
  value: string,
  wanted: boolean,
  wrong: string,
): Promise<void> {
  const deadline = Date.now() + memoryMs;
  for (;;) {
    const answers = await fromEveryReplica(outputs, () => isAccepted(outputs, value));
    if (answers.every((answer) => answer === wanted)) return;
    if (Date.now() > deadline) throw new UserError(wrong, "run pulumi up again; see docs/rotation.md");
    await sleep(500);
  }
}

/** A list of models costs nothing. Whatever else a key may not do, LiteLLM answers 401 only to one that it doesn't take. */
async function isAccepted({ urls }: StackOutputs, value: string): Promise<boolean> {
  const response = await fetch(`${urls.api}/v1/models`, {
    headers: { authorization: `Bearer ${value}` },
    signal: AbortSignal.timeout(30_000),
  });
  await response.body?.cancel();
  if (response.status < 500) return response.status !== 401;
  throw new UserError(
    `the gateway answers ${response.status} to a list of models`,
    "see docker logs of its replicas, then run pulumi up again",
  );
}
