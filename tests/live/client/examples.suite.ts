import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { projectRoot } from "../../../ops/paths.ts";
import type { LiveStack } from "../live-stack.ts";
import type { User } from "./user.ts";

/** Every example of examples/, run as its user runs it. */
export function examples(stack: () => LiveStack, user: () => User): void {
  describe("examples", () => {
    const example = (name: string, args: readonly string[] = []) =>
      execFileSync(process.execPath, [`${projectRoot}/examples/${name}.ts`, ...args], {
        env: user().env(),
        encoding: "utf8",
        timeout: 120_000,
      });

    test("npm run example starts them with the stack's own agent key", async () => {
      const args = ["run", "--silent", "example", "--", "chat", "--stack", stack().name];
      const { code, text } = await stack().clone.run("npm", args);
      expect(text).toContain("healthy: true");
      expect(text).toContain("refused (limit, token_limit_exceeded)");
      expect(code).toBe(0);
    });

    test("streaming", () =>
      expect(example("streaming")).toMatch(/first piece after \d+ ms\nstopped after 2 pieces/));
    test("budget", () => expect(example("budget")).toMatch(/turn 3: 0\.000\d+ USD so far/));
    test("openai-sdk", () => expect(example("openai-sdk")).toContain("refused: 400 token_limit_exceeded"));

    test("tools", async () => {
      const toolCall = { name: "port_of", arguments: '{"service":"prometheus"}' };
      await stack().upstream.behave("gpt-4o-mini", { toolCall });
      expect(example("tools", ["gpt-4o-mini"])).toBe(
        'port_of({"service":"prometheus"}) = 9090\nAn answer from the test upstream.\n',
      );
      await stack().upstream.forget();
    });

    test("failover", async () => {
      await stack().upstream.behave("gpt-4o-mini", { status: 500 });
      expect(example("failover", ["gpt-4o-mini"])).toContain("asked gpt-4o-mini: the gateway fell back to");
      expect(example("failover", ["no-such-model"])).toMatch(/^asked no-such-model: (permission|not-found)/);
      await stack().upstream.forget();
    });

    test("approval: it waits, a human says yes, it is answered", async () => {
      // Dear enough to need an approval only at the demo model's price.
      const to = ["--stack", stack().name, "--model", "cerberus-demo"];
      const args = ["run", "--silent", "example", "--", "approval", ...to];
      let approved: Promise<unknown> | undefined;
      const { code, text } = await stack().clone.run("npm", args, {
        watch: (said) => {
          const id = /waiting for (apr_\S+):/.exec(said)?.[1];
          if (id !== undefined) approved ??= user().approvals().decide("approve", id, "a live test");
        },
      });
      await approved;
      expect(text).toContain("approved and answered: Hello from Cerberus Gateway.");
      expect(code).toBe(0);
    });

    test("Python, with the official SDK", () => {
      const lock = `${projectRoot}/examples/python/requirements.txt`;
      const hash = createHash("sha256").update(readFileSync(lock)).digest("hex").slice(0, 12);
      const venv = `${projectRoot}/.cerberus/venv-example-${hash}`;
      if (!existsSync(`${venv}/bin/python`)) {
        execFileSync("python3", ["-m", "venv", venv]);
        try {
          execFileSync(`${venv}/bin/pip`, ["install", "--quiet", "--disable-pip-version-check", "-r", lock]);
        } catch (error) {
          rmSync(venv, { recursive: true });
          throw error;
        }
      }
      const said = execFileSync(`${venv}/bin/python`, [`${projectRoot}/examples/python/chat.py`], {
        env: user().env(),
        encoding: "utf8",
      });
      expect(said).toMatch(/cost in USD: \S+ id: \S+/);
      expect(said.match(/Hello from Cerberus Gateway/g)).toHaveLength(2);
      expect(said).toContain("refused: 400 token_limit_exceeded");
    });
  });
}
