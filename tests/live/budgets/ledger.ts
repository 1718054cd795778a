import { expect } from "vitest";
import { engineName, hosts } from "../../../infra/names.ts";
import { docker } from "../../../ops/docker.ts";

/** What the budget guard has on its books (plugins/cerberus_gateway/budgets/scripts.py). */
export interface Figures {
  /** USD spent or reserved; NaN where there is no account. */
  readonly usedUsd: number;
  /** Requests that have not been settled. */
  readonly open: number;
}

/** Reads an account, such as `key:<hash>`; shell arithmetic in its name is done in the container. */
export async function figures(stack: string, account: string): Promise<Figures> {
  const name = `cerberus:budget:${account}`;
  const script = `export REDISCLI_AUTH=$(cat /run/secrets/password); redis-cli hget "${name}" used; redis-cli zcard "${name}:open"`;
  const text = await docker(["exec", engineName(stack, hosts.redisCoordination), "sh", "-c", script]);
  const [used = "", open = ""] = text.split("\n");
  return { usedUsd: used === "" ? Number.NaN : Number(used), open: Number(open) };
}

/** The same, once nothing is in flight. */
export async function settled(stack: string, account: string, message = account): Promise<Figures> {
  await expect
    .poll(async () => (await figures(stack, account)).open, { message, timeout: 60_000, interval: 500 })
    .toBe(0);
  return figures(stack, account);
}

/** The account of the gateway, whose periods are 30 days here. */
export const gatewayAccount = "gateway:30d-$(($(date +%s) / 2592000))";

/** The account of a provider, whose period is 300 days here. */
export const providerAccount = (provider: string): string =>
  `provider-${provider}:300d-$(($(date +%s) / 25920000))`;
