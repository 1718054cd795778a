import { expect, test } from "vitest";
import { administer } from "./budgets/spend.ts";
import type { RunResult } from "./clone.ts";
import type { LiveStack } from "./live-stack.ts";
import { SteadyLoad } from "./steady-load.ts";

const adoptedValue = "sk-made-in-the-ui-0123456789abcdef";

/** A key as `npm run access -- adopt key … --as laptop` leaves it. */
export async function makeAdopted({ name, outputs }: LiveStack): Promise<void> {
  const mark = { cerberus_owner: `cerberus-gateway/${name}`, cerberus_id: "laptop", cerberus_generation: 0 };
  const gateway = { api: outputs.urls.api, masterKey: outputs.masterKey };
  await administer(gateway, "/key/generate", { key: adoptedValue, key_alias: "laptop", metadata: mark });
}

/** Virtual keys get other values while programs use them. The stack defines `app`, and has adopted `laptop`. */
export function keyRotation(
  live: () => LiveStack,
  rotate: (...args: string[]) => Promise<RunResult>,
  refresh: () => Promise<void>,
): void {
  const ask = async (value: string | undefined) =>
    (await live().chat("cerberus-demo", `key ${Math.random()}`, {}, value ?? "sk-none")).status;
  /** A week from today, UTC. */
  const nextWeek = () => new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);

  test("key: --dry-run says the steps and what they mean, and changes nothing", async () => {
    const { code, text } = await rotate("key", "app", "--dry-run");
    expect(code, text).toBe(0);
    expect(text).toContain("rotates the key app: generation 1 → 2");
    expect(text).toContain(`the key app gets a new value; the former one stays valid up to ${nextWeek()}`);
    await refresh();
    expect(live().outputs.rotation.keys["app"]).toEqual({ generation: 1, overlap: null });
  });

  test("keys, an adopted one too: the former value stays valid for a week, and no request fails", async () => {
    const { app: old } = live().outputs.accessKeys;
    await live().pulumi(
      ...["config", "set-all", "--path", "--plaintext", 'rotation.keys["laptop"].generation=1'],
      ...["--plaintext", `rotation.keys["laptop"].overlap=${nextWeek()}`],
    );
    const clients = [old, adoptedValue].map(
      (value) =>
        new SteadyLoad(() => live().chat("cerberus-demo", `key ${Math.random()}`, {}, value), 2, 200),
    );
    const { code, text } = await rotate("key", "app");
    const results = await Promise.all(clients.map((client) => client.end()));
    expect(code, text).toBe(0);
    expect(text).toContain(`generation 2 is in use; the former value stays valid up to ${nextWeek()} (UTC)`);
    expect(text).toContain(`npm run env -- --stack ${live().name} --key app`);
    expect(results.flatMap(({ failures }) => failures)).toEqual([]);
    await refresh();
    const { app, laptop } = live().outputs.accessKeys;
    expect(app).not.toBe(old);
    for (const value of [app, old, laptop, adoptedValue]) expect(await ask(value)).toBe(200);
    const again = await rotate("key", "app");
    expect(again.code).toBe(1);
    expect(again.text).toContain(`generation 1 of the key "app" is valid up to ${nextWeek()}`);
    await refresh();
    expect(live().outputs.rotation.keys["app"]).toEqual({ generation: 2, overlap: nextWeek() });
  });

  test("key: with --overlap 0 the former values end at once", async () => {
    const { app: old } = live().outputs.accessKeys;
    const { code, text } = await rotate("key", "app", "--overlap", "0", "--json");
    const ended = Date.now();
    expect(code, text).toBe(0);
    expect(JSON.parse(text.slice(text.indexOf("\n{\n") + 1))).toMatchObject({
      key: "app",
      generation: 3,
      formerValidUntil: null,
      proved: { newAccepted: true, formerAccepted: false },
    });
    await expect.poll(() => ask(old), { timeout: 15_000 }).toBe(401);
    expect(Date.now() - ended).toBeLessThan(15_000);
    await refresh();
    expect(await ask(live().outputs.accessKeys["app"])).toBe(200);
  });

  test("key: the agent key too, and agents that have the former value go on", async () => {
    const old = live().outputs.cerberusEnv.LITELLM_MASTER_KEY;
    // The agent key may ask once a second.
    const load = new SteadyLoad(
      () => live().chat("cerberus-demo", `agent ${Math.random()}`, {}, old),
      1,
      1_500,
    );
    const { code, text } = await rotate("key", "agent");
    const { failures } = await load.end();
    expect(code, text).toBe(0);
    expect(failures).toEqual([]);
    await refresh();
    const now = live().outputs.cerberusEnv.LITELLM_MASTER_KEY;
    expect(now).toMatch(/^sk-agent-/);
    expect(now).not.toBe(old);
    for (const value of [old, now]) expect(await ask(value)).toBe(200);
    const access = await live().clone.run("npm", [
      ...["run", "--silent", "access", "--", "diff", "--stack", live().name],
    ]);
    expect(access.text).not.toContain("cerberus-agent");
  });
}
