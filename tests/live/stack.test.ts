import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker } from "../../ops/docker.ts";
import { access } from "./access.suite.ts";
import { auditLog } from "./audit.suite.ts";
import { budgets } from "./budgets.suite.ts";
import { client } from "./client.suite.ts";
import { cost } from "./cost.suite.ts";
import { healed, killHard, owned } from "./engine.ts";
import { hardening } from "./hardening.suite.ts";
import { canary, LiveStack } from "./live-stack.ts";
import { providers } from "./providers.suite.ts";
import { imagesFromRegistry } from "./registry.suite.ts";
import { rotation } from "./rotation.suite.ts";
import { samplePreview } from "./sample-preview.suite.ts";

// The tests follow one stack through its life, in this order: up, unchanged, used, killed, scaled, destroyed.

let stack: LiveStack;
beforeAll(async () => {
  stack = await LiveStack.create();
});
afterAll(() => stack?.sweep());

describe("set-up", () => {
  test("./setup.sh goes all the way to green smoke tests", () => {
    expect(stack.first.text).toMatch(/8\/8\] smoke tests: \d\d passed, 0 failed/);
    expect(stack.first.code).toBe(0);
  });

  test("leaves git as it was", () => {
    expect(stack.clone.gitStatus()).toBe("");
  });

  test("a second ./setup.sh changes nothing, and is faster", async () => {
    const second = await stack.setUp();
    expect(second.text).toMatch(/pulumi up: \d+ unchanged/);
    expect(second.code).toBe(0);
    expect(second.seconds).toBeLessThan(stack.first.seconds);
  });

  test("npm run env writes the agent key, never the master key", async () => {
    const { text } = await stack.clone.run("npm", ["run", "--silent", "env", "--", "--stack", stack.name]);
    expect(text).toContain(`LITELLM_BASE_URL='${stack.outputs.urls.api}'`);
    expect(text).toMatch(/LITELLM_MASTER_KEY='sk-agent-/);
    expect(text).toContain("CERBERUS_MODEL='litellm/gpt-4o-mini'");
    expect(text).not.toContain(stack.outputs.masterKey);
  });
});

describe("unchanged", () => {
  test("a second up, a refresh and a preview find no difference", async () => {
    const up = await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(up.code, up.text).toBe(0);
    const refresh = await stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    expect(refresh.code, refresh.text).toBe(0);
    const preview = await stack.pulumi("preview", "--expect-no-changes");
    expect(preview.code, preview.text).toBe(0);
  });
});

describe("preview", () => {
  const preview = () =>
    stack.clone.run("npm", ["run", "--silent", "preview", "--", "--stack", stack.name, "--json"]);

  test("says what a change means, by its exit code too, and holds no secret", async () => {
    expect((await preview()).code).toBe(0);
    await stack.set("budget.maxUsd", "5000");
    const { code, text } = await preview();
    await stack.pulumi("config", "rm", "--path", "budget.maxUsd");
    expect(code).toBe(2);
    const report = JSON.parse(text.slice(text.indexOf("{"))) as { consequences: { text: string }[] };
    expect(report.consequences.map((consequence) => consequence.text)).toContain(
      "the gateway's budget would rise from 1000 to 5000 USD",
    );
    for (const secret of [canary, ...(await stack.generatedSecrets())])
      expect(text.includes(secret)).toBe(false);
  });

  samplePreview(() => stack);
});

describe("drift", () => {
  const drift = () =>
    stack.clone.run("npm", ["run", "--silent", "drift", "--", "--stack", stack.name, "--json"]);

  test("says what was changed beside the code, the limit of processes too, by its exit code too", async () => {
    expect((await drift()).code).toBe(0);
    const service = `${stack.name}-redis-cache`;
    await docker(["update", "--pids-limit", "99", "--memory", "300m", "--memory-swap", "300m", service]);
    const { code, text } = await drift();
    await docker(["update", "--pids-limit", "64", "--memory", "256m", "--memory-swap", "256m", service]);
    expect(code, text).toBe(2);
    const { resources } = JSON.parse(text) as { resources: object[] };
    expect(resources).toMatchObject([
      { engineName: service, what: "changed", properties: ["memory", "memorySwap"] },
      { name: "redis-cache-pids", what: "changed", properties: ["limit"] },
    ]);
  });
});

describe("plan and deploy", () => {
  const npm = (...args: string[]) => stack.clone.run("npm", ["run", "--silent", ...args]);
  const planFile = () => `${stack.clone.root}/.cerberus/plan.json`;
  const plan = () => npm("plan", "--", "--stack", stack.name, "--output", planFile());
  const deploy = () => npm("deploy", "--", "--stack", stack.name, "--plan", planFile());

  test("what was reviewed is applied, and proved; the plan holds no secret", async () => {
    await stack.set("agent.requestsPerMinute", "61");
    expect((await plan()).code).toBe(2);
    const text = readFileSync(planFile(), "utf8");
    for (const secret of [canary, ...(await stack.generatedSecrets())])
      expect(text.includes(secret)).toBe(false);
    const deployed = await deploy();
    expect(deployed.code, deployed.text).toBe(0);
    expect(deployed.text).toMatch(/deployed as planned, \d\d smoke tests passed/);
  });

  test("what was not reviewed is refused", async () => {
    await stack.set("agent.requestsPerMinute", "62");
    expect((await plan()).code).toBe(2);
    await stack.set("agent.requestsPerMinute", "9000");
    const { code, text } = await deploy();
    expect(code).toBe(1);
    expect(text).toContain("violates plan");
    await stack.pulumi("config", "rm", "--path", "agent.requestsPerMinute");
    expect((await stack.up()).code).toBe(0);
  });
});

hardening(() => stack);
providers(() => stack);
client(() => stack);
auditLog(() => stack);
access(() => stack);

cost(() => stack);

describe("faults", () => {
  test("each container that is killed comes back healthy by itself, and the gateway answers again", async () => {
    for (const name of stack.containerNames()) {
      const before = await killHard(name);
      expect(await healed(name, before), `${name} did not heal`).toBe(true);
      await expect
        .poll(
          async () =>
            (await stack.chat("cerberus-demo", `after ${name} ${Math.random()}`).catch(() => ({ status: 0 })))
              .status,
          {
            message: `no answer after ${name} was killed`,
            timeout: 90_000,
            interval: 1_000,
          },
        )
        .toBe(200);
    }
  });

  test("an up that is killed half-way is mended by the next ./setup.sh", async () => {
    await stack.set("replicas", "2");
    let due = false;
    const killed = await stack.clone.pulumi(["up", "--yes", "--skip-preview", "--stack", stack.name], {
      watch: (text, kill) => {
        if (due || !/litellm-2-container creating/.test(text)) return;
        due = true;
        setTimeout(kill, 2_000);
      },
    });
    expect(killed.code).not.toBe(0);
    const again = await stack.setUp();
    expect(again.code, again.text).toBe(0);
    expect(again.text).toContain("removed the lock of a run that is no more");
    const preview = await stack.pulumi("preview", "--expect-no-changes");
    expect(preview.code, preview.text).toBe(0);
  });

  test("with two replicas, one may die: no request that starts after fails", async () => {
    const key = await stack.unlimitedKey();
    const before = await killHard(`${stack.name}-litellm-1`);
    // What the replica was just answering dies with it; nobody may repeat a paid call behind the client's back.
    await sleep(300);
    const statuses: number[] = [];
    const until = Date.now() + 10_000;
    while (Date.now() < until) {
      statuses.push((await stack.chat("cerberus-demo", `one of two ${Math.random()}`, {}, key)).status);
    }
    expect(statuses.length).toBeGreaterThan(10);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(await healed(`${stack.name}-litellm-1`, before)).toBe(true);
  });
});

rotation(() => stack);

budgets(() => stack);

describe("bad input", () => {
  test("a mistyped setting is named with what was meant, and nothing is changed", async () => {
    await stack.set("replcas", "3");
    const { code, text } = await stack.pulumi("up", "--yes", "--skip-preview");
    await stack.pulumi("config", "rm", "replcas");
    expect(code).not.toBe(0);
    expect(text).toContain('did you mean "replicas"');
    expect(text).not.toContain("    at ");
  });

  test("a parameter that LiteLLM would pass on misspelt is said in the preview", async () => {
    const file = `${stack.clone.root}/gateway.yaml`;
    writeFileSync(
      file,
      `models:
  - { name: cerberus-demo, provider: demo, answer: hi, price: { inputUsdPerToken: 0, outputUsdPerToken: 0 } }
guardrails:
  - { name: g, type: other, guardrail: lakera_v2, params: { api_bsae: "http://x" } }
`,
    );
    const { code, text } = await stack.pulumi("preview");
    rmSync(file);
    expect(code, text).toBe(0);
    expect(text).toContain(
      "config.yaml: guardrails[1].litellm_params.api_bsae: LiteLLM 1.106.2 never reads it here",
    );
    expect(text).toContain('did you mean "api_base"');
  });

  test("a wrong passphrase is said in one sentence", async () => {
    const { code, text } = await stack.clone.run("./setup.sh", ["--yes", "--stack", stack.name], {
      env: { PULUMI_CONFIG_PASSPHRASE: "wrong" },
    });
    expect(code).toBe(1);
    expect(text).toContain("restore .cerberus/passphrase");
  });

  test("a port that another stack holds is refused before anything is changed", async () => {
    const { code, text } = await stack.clone.run("./setup.sh", [
      ...["--yes", "--stack", `${stack.name}-b`],
      ...["--gateway-port", String(stack.ports.gateway)],
    ]);
    expect(code).toBe(1);
    expect(text).toContain(
      `port ${stack.ports.gateway} on 127.0.0.1 is in use by the stack "${stack.name}" on the same engine`,
    );
  });
});

imagesFromRegistry(() => stack);

describe("end", () => {
  test("destroy is refused while data is protected", async () => {
    await stack.upstream.stop();
    const { code, text } = await stack.pulumi("destroy", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(text).toMatch(/protect/);
    expect((await owned(stack.name)).containers.length).toBeGreaterThanOrEqual(stack.containerNames().length);
  });

  test("once it is not, destroy leaves nothing of the stack", async () => {
    await stack.set("protectData", "false");
    const up = await stack.up();
    expect(up.code, up.text).toBe(0);
    const destroy = await stack.pulumi("destroy", "--yes", "--skip-preview");
    expect(destroy.code, destroy.text).toBe(0);
    expect(await owned(stack.name)).toEqual({ containers: [], networks: [], volumes: [] });
  });
});
