import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { gateway as catalog } from "../../infra/catalog/gateway.ts";
import { engineName, hosts } from "../../infra/names.ts";
import { docker } from "../../ops/docker.ts";
import { type Moment, prove } from "../../ops/rotate/prove.ts";
import { readSecrets } from "../../ops/rotate/state.ts";
import { readOutputs } from "../../ops/stack-outputs.ts";
import type { RunOptions } from "./clone.ts";
import { canary, type LiveStack } from "./live-stack.ts";
import { keyRotation, makeAdopted } from "./rotation-keys.suite.ts";
import { SteadyLoad } from "./steady-load.ts";

/**
 * Renews every secret under load, and proves the salt key's guard. Sets the stack to two replicas and leaves it there. An up
 * takes most of a minute: what can share one does, and the command that runs it proves one part of it.
 */
export function rotation(live: () => LiveStack): void {
  describe("rotation", () => {
    let key: string;
    const rotate = (...args: string[]) =>
      live().clone.run("npm", ["run", "--silent", "rotate", "--", ...args, "--stack", live().name]);
    const refresh = async () => {
      live().outputs = await readOutputs(live().clone.root, live().name);
    };
    const moment = async (): Promise<Moment> => {
      await refresh();
      return { outputs: live().outputs, secrets: await readSecrets(live().clone.root, live().name) };
    };
    const definitions = () => `${live().clone.root}/gateway.yaml`;

    beforeAll(async () => {
      await live().set("replicas", "2");
      await makeAdopted(live());
      const keys = { app: { models: ["cerberus-demo"] }, laptop: { generation: 0 } };
      writeFileSync(definitions(), stringify({ ...catalog, access: { keys } }));
      const up = await live().up();
      expect(up.code, up.text).toBe(0);
      await refresh();
      key = await live().unlimitedKey();
    });
    afterAll(async () => {
      for (const id of ["app", "laptop"])
        await live().pulumi("config", "rm", "--path", `rotation.keys["${id}"]`);
      rmSync(definitions(), { force: true });
    });

    /** Runs a command while clients keep asking; none may fail. */
    async function underLoad(model: string, command: () => ReturnType<typeof rotate>): Promise<string> {
      const load = new SteadyLoad(() => live().chat(model, `load ${Math.random()}`, {}, key), 3, 200);
      const { code, text } = await command();
      const { sent, failures } = await load.end();
      expect(code, text).toBe(0);
      expect(failures, `of ${sent} requests`).toEqual([]);
      expect(sent).toBeGreaterThan(50);
      return text;
    }

    test("database login and Redis passwords: renewed, proved, and no request fails", async () => {
      const before = await moment();
      await live().set("rotation.redis", "2");
      const text = await underLoad("cerberus-demo", () => rotate("db"));
      expect(text).toContain("generation 2 is in use, and the former one is refused");
      const after = await moment();
      await prove("redis", before, after);
      expect(after.outputs.rotation).toMatchObject({ db: 2, redis: 2 });
    });

    test("a provider's key, the master key and the UI's password: renewed, proved, and no request fails", async () => {
      const before = await moment();
      for (const kind of ["master", "ui"]) await live().set(`rotation.${kind}`, "2");
      await live().upstream.forget();
      const text = await underLoad("gpt-4o-mini", () => rotateProvider({ env: { NEW: `${canary}-second` } }));
      expect(text).toContain("every replica uses the new OPENAI_API_KEY");
      expect(text).toContain('the provider answers "gpt-4o-mini" with the new key');
      expect(text).not.toContain(canary);
      const keys = (await live().upstream.seen()).map((seen) => seen.key);
      expect([...new Set(keys)].sort()).toEqual([`${canary}-openai`, `${canary}-second`]);
      expect(keys.at(-1)).toBe(`${canary}-second`);
      const after = await moment();
      for (const kind of ["master", "ui"] as const) await prove(kind, before, after);
    });

    const rotateProvider = (options: RunOptions) =>
      live().clone.run(
        "sh",
        [
          ...["-c", 'printf %s "$NEW" | npm run --silent rotate -- provider openai --stdin --stack "$0"'],
          live().name,
        ],
        options,
      );

    keyRotation(live, rotate, refresh);

    test("after all that, a restarted database and Redis still know the passwords in use", async () => {
      for (const host of [hosts.postgres, hosts.redisCache, hosts.redisCoordination])
        await docker(["restart", engineName(live().name, host)]);
      await expect
        .poll(
          async () => (await live().chat("cerberus-demo", `restarted ${Math.random()}`, {}, key)).status,
          {
            timeout: 150_000,
            interval: 2_000,
          },
        )
        .toBe(200);
      await sleep(1_000);
    });

    test("an escrow file gives the salt key back, with its passphrase only", async () => {
      const { root } = live().clone;
      writeFileSync(`${root}/.cerberus/escrow-pass`, "correct horse battery\n", { mode: 0o600 });
      writeFileSync(`${root}/.cerberus/escrow-wrong`, "correct horse batterx\n", { mode: 0o600 });
      const file = `${root}/.cerberus/escrow.json`;
      const sealed = await rotate("escrow", "--out", file, "--passphrase-file", ".cerberus/escrow-pass");
      expect(sealed.code, sealed.text).toBe(0);
      const secrets = await live().generatedSecrets();
      for (const secret of secrets) expect(readFileSync(file, "utf8").includes(secret)).toBe(false);
      const unseal = (pass: string) =>
        live().clone.run("npm", [
          ...["run", "--silent", "rotate", "--", "unseal"],
          ...["--from", file, "--passphrase-file", pass],
        ]);
      expect((await unseal(".cerberus/escrow-wrong")).text).toContain("does not open");
      const { text } = await unseal(".cerberus/escrow-pass");
      expect(text).toMatch(/^sk-salt-[A-Za-z0-9]{64}$/);
      expect(secrets).toContain(text.slice("sk-salt-".length));
    });

    test("another salt key stops the preview and the up before anything is changed, with the way back", async () => {
      const other = `sk-salt-${"Q".repeat(64)}`;
      await live().clone.pulumi(["config", "set", "--secret", "saltKey", other, "--stack", live().name]);
      const ids = () => docker(["ps", "--quiet", "--no-trunc", "--filter", `name=^${live().name}-`]);
      const before = await ids();
      for (const run of [() => live().pulumi("preview"), () => live().up()]) {
        const { code, text } = await run();
        expect(code).not.toBe(0);
        expect(text).toMatch(/the salt key changed; nothing was changed\. fix:[\s\S]*unseal --from FILE/);
        expect(text).not.toContain("Q".repeat(64));
      }
      expect(await ids()).toBe(before);
      await live().pulumi("config", "rm", "saltKey");
      const { code, text } = await live().pulumi("preview", "--expect-no-changes");
      expect(code, text).toBe(0);
    });
  });
}
