import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { engineName, hosts } from "../../infra/names.ts";
import { docker } from "../../ops/docker.ts";
import { readOutputs } from "../../ops/stack-outputs.ts";
import type { LiveStack } from "./live-stack.ts";
import { SteadyLoad } from "./steady-load.ts";

/** Renews every secret under load, and proves the salt key's guard. Sets the stack to two replicas and leaves it there. */
export function rotation(live: () => LiveStack): void {
  describe("rotation", () => {
    let key: string;
    const rotate = (...args: string[]) =>
      live().clone.run("npm", ["run", "--silent", "rotate", "--", ...args, "--stack", live().name]);
    const refresh = async () => {
      live().outputs = await readOutputs(live().clone.root, live().name);
    };

    beforeAll(async () => {
      await live().set("replicas", "2");
      const up = await live().up();
      expect(up.code, up.text).toBe(0);
      await refresh();
      key = await live().unlimitedKey();
    });

    test("--dry-run says the steps, and changes nothing", async () => {
      const { code, text } = await rotate("db", "--dry-run");
      expect(code, text).toBe(0);
      expect(text).toContain("rotates the database login: generation 1 → 2");
      await refresh();
      expect(live().outputs.rotation.db).toBe(1);
    });

    test.each(["db", "redis", "master", "ui"] as const)(
      "%s: renewed, proved, and no request fails",
      async (kind) => {
        const before = live().outputs.rotation[kind];
        // Nothing in the text looks like a number that is masked: alike, all would come from the cache.
        const load = new SteadyLoad(() => live().chat("cerberus-demo", `load ${letters()}`, {}, key), 3, 200);
        const { code, text } = await rotate(kind);
        const { sent, failures } = await load.end();
        expect(code, text).toBe(0);
        expect(text).toContain(`generation ${before + 1} is in use, and the former one is refused`);
        expect(failures, `of ${sent} requests`).toEqual([]);
        expect(sent).toBeGreaterThan(50);
        await refresh();
        expect(live().outputs.rotation[kind]).toBe(before + 1);
      },
    );

    test("after all that, a restarted database and Redis still know the passwords in use", async () => {
      for (const host of [hosts.postgres, hosts.redisCache, hosts.redisCoordination])
        await docker(["restart", engineName(live().name, host)]);
      await expect
        .poll(async () => (await live().chat("cerberus-demo", `restarted ${letters()}`, {}, key)).status, {
          timeout: 150_000,
          interval: 2_000,
        })
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
      for (const secret of await live().generatedSecrets())
        expect(readFileSync(file, "utf8").includes(secret)).toBe(false);
      const unseal = (pass: string) =>
        live().clone.run("npm", [
          "run",
          "--silent",
          "rotate",
          "--",
          "unseal",
          "--from",
          file,
          "--passphrase-file",
          pass,
        ]);
      expect((await unseal(".cerberus/escrow-wrong")).text).toContain("does not open");
      const { text } = await unseal(".cerberus/escrow-pass");
      expect(text).toMatch(/^sk-salt-[A-Za-z0-9]{64}$/);
      expect(await live().generatedSecrets()).toContain(text.slice("sk-salt-".length));
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

/** Eight small letters. */
const letters = (): string =>
  Array.from({ length: 8 }, () => String.fromCharCode(97 + Math.floor(Math.random() * 26))).join("");
