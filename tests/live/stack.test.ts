import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imageNames, registryReference } from "../../infra/images/catalog.ts";
import { packagesReference } from "../../infra/images/packages.ts";
import { docker } from "../../ops/docker.ts";
import { healed, inspect, killHard, owned } from "./engine.ts";
import { canary, LiveStack } from "./live-stack.ts";
import { Registry } from "./registry.ts";

// The tests follow one stack through its life, in this order: up, unchanged, used, killed, scaled, destroyed.

let stack: LiveStack;
beforeAll(async () => {
  stack = await LiveStack.create();
});
afterAll(() => stack?.sweep());

describe("set-up", () => {
  test("./setup.sh goes all the way to green smoke tests", () => {
    expect(stack.first.text).toContain("8/8] smoke tests: 16 passed, 0 failed");
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
    for (const secret of [canary, ...(await generatedSecrets())]) expect(text.includes(secret)).toBe(false);
  });
});

describe("hardening", () => {
  test("every container is limited in what it may do and how much it may take", async () => {
    for (const name of stack.containerNames()) {
      const { Config, HostConfig } = await inspect(name);
      expect(Config.User, name).toMatch(/^[1-9]\d*:0$/);
      expect(HostConfig, name).toMatchObject({ ReadonlyRootfs: true, Privileged: false, CapDrop: ["ALL"] });
      expect(HostConfig.CapAdd ?? [], name).toEqual([]);
      expect(HostConfig.SecurityOpt, name).toContain("no-new-privileges:true");
      expect(HostConfig.PidsLimit, name).toBeGreaterThan(0);
      expect(HostConfig.Memory, name).toBeGreaterThan(0);
      expect(HostConfig.NanoCpus, name).toBeGreaterThan(0);
      expect(HostConfig.RestartPolicy.Name, name).toBe("unless-stopped");
      expect(HostConfig.LogConfig.Config, name).toEqual({ "max-file": "3", "max-size": "10m" });
      expect(Config.Healthcheck?.Test[0], name).toBe("CMD");
    }
  });

  test("only the front door and Prometheus are published, on the loopback address", async () => {
    for (const { name, service } of stack.outputs.containers) {
      const { HostConfig, NetworkSettings } = await inspect(name);
      const published = Object.values(HostConfig.PortBindings ?? {}).flat();
      expect(published.length, name).toBe(["frontdoor", "prometheus"].includes(service) ? 1 : 0);
      for (const { HostIp } of published) expect(HostIp, name).toBe("127.0.0.1");
      const networks = Object.keys(NetworkSettings.Networks).map((network) =>
        network.slice(stack.name.length + 1),
      );
      expect(networks.includes("egress"), name).toBe(service.startsWith("litellm"));
      expect(networks.includes("edge"), name).toBe(published.length > 0);
    }
    for (const role of ["app", "data"]) {
      const text = await docker(["network", "inspect", "--format", "{{.Internal}}", `${stack.name}-${role}`]);
      expect(text.trim(), role).toBe("true");
    }
  });

  test("no secret is in inspect, argv, labels, logs, previews, what set-up said, or the state as it lies on disk", async () => {
    const secrets = [canary, ...(await generatedSecrets())];
    expect(secrets.length).toBeGreaterThan(8);
    const { containers, networks, volumes } = await owned(stack.name);
    const logs = await Promise.all(containers.map((id) => stack.clone.run("docker", ["logs", id])));
    const places: Record<string, string> = {
      "docker inspect": await docker(["inspect", ...containers, ...networks, ...volumes]),
      "docker logs": logs.map(({ text }) => text).join("\n"),
      "docker history": await docker(["ps", "--all", "--no-trunc"]),
      argv: (await stack.clone.run("ps", ["-eo", "args"])).text,
      preview: (await stack.pulumi("preview", "--diff")).text,
      "stack output": (await stack.pulumi("stack", "output", "--json")).text,
      "set-up": stack.first.text,
      state: filesUnder(`${stack.clone.root}/.cerberus/state`),
      "stack files": filesUnder(`${stack.clone.root}/.cerberus/stacks`),
    };
    for (const [place, text] of Object.entries(places)) {
      expect(text.length, `${place} is empty: nothing was searched`).toBeGreaterThan(0);
      for (const secret of secrets) expect(text.includes(secret), `a secret stands in: ${place}`).toBe(false);
    }
  });
});

/** Every value that @pulumi/random made for this stack. */
async function generatedSecrets(): Promise<string[]> {
  const { text } = await stack.pulumi("stack", "export", "--show-secrets");
  const { deployment } = JSON.parse(text) as {
    deployment: { resources: { type: string; outputs?: { result?: unknown } }[] };
  };
  return deployment.resources
    .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
    .flatMap(({ outputs }) => {
      const result = outputs?.result;
      // The export wraps a secret: its plaintext is JSON text.
      const wrapped = (result as { plaintext?: string } | undefined)?.plaintext;
      if (wrapped !== undefined) return [JSON.parse(wrapped) as string];
      return typeof result === "string" ? [result] : [];
    });
}

function filesUnder(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"))
    .join("\n");
}

describe("providers", () => {
  beforeAll(() => stack.upstream.forget());

  test("the provider's key reaches the provider, and the cost is tokens times price", async () => {
    const response = await stack.chat("gpt-4o-mini", `what does it cost? ${Math.random()}`);
    expect(response.status).toBe(200);
    const { usage } = (await response.json()) as {
      usage: { prompt_tokens: number; completion_tokens: number };
    };
    // OpenAI's list prices, as in LiteLLM's bundled map: 0.15 and 0.60 USD per million tokens.
    const cost = usage.prompt_tokens * 0.15e-6 + usage.completion_tokens * 0.6e-6;
    expect(Number(response.headers.get("x-litellm-response-cost"))).toBeCloseTo(cost, 12);
    expect(await stack.upstream.seen()).toMatchObject([
      { path: "/v1/chat/completions", model: "gpt-4o-mini", key: `${canary}-openai`, maxTokens: 16 },
    ]);
  });

  test.each(["gpt-4o-mini", "claude-sonnet-4-6"])(
    "a streamed answer of %s arrives piece by piece",
    async (model) => {
      await stack.upstream.behave(model, { pieceDelayMs: 150 });
      const response = await stack.chat(model, `stream ${Math.random()}`, { stream: true });
      const from = performance.now();
      const arrivals: number[] = [];
      let text = "";
      const decoder = new TextDecoder();
      for await (const part of response.body ?? []) {
        arrivals.push(performance.now() - from);
        text += decoder.decode(part as Uint8Array, { stream: true });
      }
      expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
      expect(arrivals.length).toBeGreaterThan(4);
      // A gateway that buffered would hand over the first piece with the last.
      expect(arrivals[0]).toBeLessThan((arrivals.at(-1) ?? 0) / 2);
      await stack.upstream.forget();
    },
  );

  test("a provider that fails is replaced by the next one", async () => {
    await stack.upstream.behave("gpt-4o-mini", { status: 500 });
    const response = await stack.chat("gpt-4o-mini", `fail over ${Math.random()}`);
    expect(response.status, await response.clone().text()).toBe(200);
    expect(response.headers.get("x-litellm-attempted-fallbacks")).toBe("1");
    const paths = (await stack.upstream.seen()).map(({ path }) => path);
    expect(paths.at(-1)).toBe("/v1/messages");
    await stack.upstream.forget();
  });

  test("when every provider refuses, the client gets the refusal", async () => {
    await stack.upstream.behave("gpt-4o-mini", { status: 429, retryAfterSeconds: 1 });
    await stack.upstream.behave("claude-sonnet-4-6", { status: 429, retryAfterSeconds: 1 });
    expect((await stack.chat("gpt-4o-mini", `refused ${Math.random()}`)).status).toBe(429);
    await stack.upstream.forget();
  });

  test("a stream that a provider cuts off ends, without pretending to be whole", async () => {
    // The cool-down of the test before must be over.
    await expect
      .poll(async () => (await stack.chat("gpt-4o-mini", `warm ${Math.random()}`)).status, {
        timeout: 60_000,
        interval: 2_000,
      })
      .toBe(200);
    await stack.upstream.behave("gpt-4o-mini", { cutAfterPieces: 3 });
    const response = await stack.chat("gpt-4o-mini", `cut ${Math.random()}`, {
      stream: true,
      disable_fallbacks: true,
    });
    const text = await response.text().catch((error: Error) => error.message);
    expect(text.includes("data: [DONE]") && !text.includes("error")).toBe(false);
    await stack.upstream.forget();
    await expect
      .poll(async () => (await stack.chat("cerberus-demo", `alive ${Math.random()}`)).status, {
        timeout: 30_000,
      })
      .toBe(200);
  });
});

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

describe("bad input", () => {
  test("a mistyped setting is named with what was meant, and nothing is changed", async () => {
    await stack.set("replcas", "3");
    const { code, text } = await stack.pulumi("up", "--yes", "--skip-preview");
    await stack.pulumi("config", "rm", "replcas");
    expect(code).not.toBe(0);
    expect(text).toContain('did you mean "replicas"');
    expect(text).not.toContain("    at ");
  });

  test("a wrong passphrase is said in one sentence", async () => {
    const { code, text } = await stack.clone.run("./setup.sh", ["--yes", "--stack", stack.name], {
      env: { PULUMI_CONFIG_PASSPHRASE: "wrong" },
    });
    expect(code).toBe(1);
    expect(text).toContain("restore .cerberus/passphrase");
  });

  test("a port that another program holds is refused before anything is changed", async () => {
    const { code, text } = await stack.clone.run("./setup.sh", [
      ...["--yes", "--stack", `${stack.name}-b`],
      ...["--gateway-port", String(stack.ports.gateway)],
    ]);
    expect(code).toBe(1);
    expect(text).toContain(`port ${stack.ports.gateway} on 127.0.0.1 is in use`);
  });
});

describe("images from a registry", () => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await Registry.start();
    for (const name of imageNames) {
      const reference = registryReference(name, registry.prefix);
      await docker(["tag", packagesReference(stack.clone.root, name), reference]);
      await docker(["push", "--quiet", reference]);
      await docker(["rmi", reference]);
    }
    await stack.set("images.source", "registry");
    await stack.set("images.registryPrefix", registry.prefix);
  }, 300_000);
  afterAll(() => registry?.stop());

  const images = (...args: string[]) =>
    stack.clone.run("npm", ["run", "--silent", "images", "--", "--source", "registry", ...args]);

  test("without locked digests an up is refused, with the command that locks them", async () => {
    const { code, text } = await stack.up();
    expect(code).not.toBe(0);
    expect(text).toContain("no digest is locked for: litellm, postgres, redis, haproxy, prometheus");
    expect(text).toContain(`npm run images -- --source registry --lock --registry-prefix ${registry.prefix}`);
  });

  test("a denied release is refused before anything is pulled", async () => {
    const catalog = `${stack.clone.root}/infra/images/catalog.ts`;
    const text = readFileSync(catalog, "utf8");
    writeFileSync(catalog, text.replace(/"v1\.\d+\.\d+"/, '"v1.82.7"'));
    try {
      const refused = await images("--lock", "--registry-prefix", registry.prefix);
      expect(refused.code).toBe(1);
      expect(refused.text).toContain("LiteLLM 1.82.7 is on the deny list");
    } finally {
      writeFileSync(catalog, text);
    }
  });

  test("the first run locks every digest, and the stack then runs by digest, without a difference after", async () => {
    const locked = await images("--registry-prefix", registry.prefix);
    expect(locked.code, locked.text).toBe(0);
    expect(locked.text).toContain("digests locked in");
    const up = await stack.up();
    expect(up.code, up.text).toBe(0);
    for (const name of stack.containerNames()) {
      const text = await docker(["inspect", "--format", "{{.Config.Image}}", name]);
      expect(text, name).toMatch(new RegExp(`^${registry.prefix}/.*@sha256:[0-9a-f]{64}\n$`));
    }
    expect((await stack.chat("cerberus-demo", `by digest ${Math.random()}`)).status).toBe(200);
    const refresh = await stack.pulumi("refresh", "--yes", "--skip-preview");
    expect(refresh.code, refresh.text).toBe(0);
    const preview = await stack.pulumi("preview", "--expect-no-changes");
    expect(preview.code, preview.text).toBe(0);
  });

  test("after that, an image whose tag moved on in the catalogue is refused until it is locked again", async () => {
    const catalog = `${stack.clone.root}/infra/images/catalog.ts`;
    const text = readFileSync(catalog, "utf8");
    writeFileSync(catalog, text.replace('tag: "8.0.2', 'tag: "8.0.3'));
    try {
      const { code, text: said } = await stack.pulumi("preview");
      expect(code).not.toBe(0);
      expect(said).toContain("no digest is locked for: redis");
    } finally {
      writeFileSync(catalog, text);
    }
  });
});

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
