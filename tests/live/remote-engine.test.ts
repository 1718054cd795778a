import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packagesReference } from "../../infra/images/packages.ts";
import { pulumi as runWithInput } from "../../ops/pulumi.ts";
import { prepareBackend } from "../../scripts/setup/backend.ts";
import { ensurePulumi } from "../../scripts/setup/pulumi-cli.ts";
import { Clone, type RunResult } from "./clone.ts";
import { owned } from "./engine.ts";
import { SecondEngine } from "./second-engine.ts";
import { ThrowAwaySshd } from "./throw-away-sshd.ts";

// A slice of the real stack (remote-program.ts) on an engine that is reached as one on another machine would be.

const stack = `remote-${process.pid}`;
const service = `${stack}-redis-coordination`;
let engine: SecondEngine;
let sshd: ThrowAwaySshd;
let clone: Clone;

beforeAll(async () => {
  clone = new Clone();
  engine = await SecondEngine.start();
  sshd = await ThrowAwaySshd.start(engine.socket);
  await engine.take(packagesReference(clone.root, "redis"));
  const project = `${clone.root}/Pulumi.yaml`;
  const main = readFileSync(project, "utf8").replace("infra/index.ts", "tests/live/remote-program.ts");
  writeFileSync(project, main);
  prepareBackend(clone.root, (await ensurePulumi({ root: clone.root, log: () => undefined })).env);
  await ok(clone.pulumi(["stack", "init", stack, "--secrets-provider", "passphrase"]));
  await set("profile", "dev");
  await set("images.source", "packages");
});

afterAll(async () => {
  await engine?.stop();
  sshd?.stop();
  clone?.remove();
});

async function ok(run: Promise<RunResult>): Promise<string> {
  const { code, text } = await run;
  expect(code, text).toBe(0);
  return text;
}

/** Pulumi, with the ssh that knows the test's keys. */
const pulumi = (...args: string[]): Promise<RunResult> =>
  clone.pulumi([...args, "--stack", stack], {
    env: { PATH: `${sshd.bin}:${clone.root}/node_modules/.bin:${toolPath()}` },
  });
const toolPath = () => {
  const { PATH_PREFIX } = JSON.parse(readFileSync(`${clone.root}/.cerberus/env.json`, "utf8")) as {
    PATH_PREFIX?: string;
  };
  return [PATH_PREFIX, process.env["PATH"]].filter(Boolean).join(":");
};

const set = (path: string, value: string) => ok(pulumi("config", "set", "--path", path, value));
const unset = (path: string) => ok(pulumi("config", "rm", "--path", path));
const up = () => pulumi("up", "--yes", "--skip-preview");

/** What the stack is on the engine it was meant for; and that it is nothing on the machine's own. */
async function expectThere(): Promise<void> {
  const told = await engine.docker(
    ...["inspect", "--format", "{{.HostConfig.PidsLimit}} {{.State.Health.Status}}", service],
  );
  expect(told.trim()).toBe("64 healthy");
  const networks = await engine.docker("network", "ls", "--format", "{{.Name}}");
  expect(networks).toContain(`${stack}-egress`);
  expect(await owned(stack)).toEqual({ containers: [], networks: [], volumes: [] });
}

async function expectDestroyed(): Promise<void> {
  await ok(pulumi("destroy", "--yes", "--skip-preview"));
  expect((await engine.docker("ps", "--all", "--quiet")).trim()).toBe("");
  expect((await engine.docker("volume", "ls", "--quiet")).trim()).toBe("");
  expect(await engine.docker("network", "ls", "--format", "{{.Name}}")).not.toContain(stack);
}

describe("tcp:// with certificates", () => {
  test("without certificates only a loopback address is let through, and the engine's refusal is explained", async () => {
    await set("engine.host", "tcp://engine.test:2376");
    expect((await up()).text).toContain("whoever reaches that port is root");
    await set("engine.host", engine.address);
    const { code, text } = await up();
    expect(code).not.toBe(0);
    expect(text).toContain(
      `the Docker engine at ${engine.address} can't be used: the engine asks for certificates`,
    );
  });

  test("certificates of another authority are refused before anything is changed, in one sentence with its fix", async () => {
    await set("engine.tls.folder", engine.stranger);
    const { code, text } = await up();
    expect(code).not.toBe(0);
    expect(text).toContain("is not signed by the authority of engine.tls");
    expect(text).toContain("fix: use the ca.pem that signed the engine's certificate");
    expect(text).not.toContain("    at ");
  });

  test("with the right folder everything goes to that engine, the limit of processes too", async () => {
    await set("engine.tls.folder", engine.client);
    await ok(up());
    await expectThere();
  });

  test("a preview needs no engine: it says that none answers, and compares with the state", async () => {
    await set("engine.host", "tcp://127.0.0.1:1");
    const text = await ok(pulumi("preview"));
    await set("engine.host", engine.address);
    expect(text).toContain("the Docker engine at tcp://127.0.0.1:1 can't be used: nothing answers there");
  });

  test("the same certificates as secrets in the stack file change nothing", async () => {
    await unset("engine.tls.folder");
    for (const [name, kind] of Object.entries({ ca: "--plaintext", cert: "--plaintext", key: "--secret" })) {
      const args = ["config", "set", "--stack", stack, kind, "--path", `engine.tls.${name}`];
      const input = readFileSync(`${engine.client}/${name}.pem`, "utf8");
      await runWithInput({ root: clone.root, args, input });
    }
    await ok(pulumi("preview", "--expect-no-changes"));
  });

  test("neither state, stack file nor output hold the key", async () => {
    const line = readFileSync(`${engine.client}/key.pem`, "utf8").split("\n")[1] ?? "";
    expect(line.length).toBeGreaterThan(40);
    const stackFile = readFileSync(`${clone.root}/.cerberus/stacks/Pulumi.${stack}.yaml`, "utf8");
    expect(stackFile.includes(line)).toBe(false);
    expect((await ok(pulumi("stack", "export"))).includes(line)).toBe(false);
    expect((await ok(pulumi("preview", "--diff", "--show-sames"))).includes(line)).toBe(false);
  });

  test("a refresh finds no drift with nothing but the state; destroy leaves nothing", async () => {
    await ok(pulumi("refresh", "--preview-only", "--expect-no-changes"));
    await expectDestroyed();
  });
});

describe("ssh://", () => {
  test("up and destroy go through ssh, with what ~/.ssh/config says", async () => {
    await unset("engine.tls");
    await set("engine.host", sshd.address);
    await ok(up());
    await expectThere();
    await expectDestroyed();
  });

  test("a machine that does not answer is said with its fix, and a preview still works", async () => {
    await set("engine.host", "ssh://nobody@127.0.0.1:1");
    const { code, text } = await up();
    expect(code).not.toBe(0);
    expect(text).toContain(
      "the Docker engine at ssh://nobody@127.0.0.1:1 can't be used: nothing answers there",
    );
    expect(text).toContain("fix: start the engine, open its port, or correct engine.host");
    expect(await ok(pulumi("preview"))).toContain("nothing answers there");
  });
});
