import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import type { ImageReferences } from "../../infra/images/resolve.ts";
import { renderFiles } from "../../infra/render/files.ts";
import { parseSettings } from "../../infra/settings/parse.ts";

// What the program asks for where the stack lives on a named engine: nothing may go to the machine's own.

interface Made {
  readonly type: string;
  readonly name: string;
  readonly provider: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs of every resource type there is
  readonly inputs: any;
}

const made: Made[] = [];
const host = "tcp://engine.test:2376";
const tls = { ca: "CA", cert: "CERT", key: "canary-key" };
/** What marks a secret on its way to a provider (Pulumi SDK: runtime/rpc.ts, specialSigKey). */
const secretMark = "4dabf18193072939515e22adb298388d";

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, provider }) => {
        made.push({ type, name, provider: provider ?? "", inputs: inputs as Record<string, unknown> });
        return { id: `${name}-id`, state: { ...(inputs as object), result: "generated", exitCode: 0 } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "cerberus-gateway",
    "unit",
  );
  const { settings } = parseSettings({
    stackName: "unit",
    layers: [{ profile: "dev", engine: { host, tls: { folder: "/certs" } } }],
    secretKeys: new Set(),
    today: "2026-11-25",
  });
  const { Stack } = await import("../../infra/stack.ts");
  const images = {
    litellm: "l",
    postgres: "p",
    redis: "r",
    haproxy: "h",
    prometheus: "m",
  } as ImageReferences;
  const stack = new Stack({
    root: "/project",
    settings,
    providerSecrets: {},
    engineTls: tls,
    files: renderFiles(settings),
    images,
  });
  await new Promise((resolve) => pulumi.output(stack.outputs.dockerHost).apply(resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
});

test("the provider gets address and certificates, the key as a secret", () => {
  const [provider] = made.filter(({ type }) => type === "pulumi:providers:docker");
  expect(provider?.inputs).toMatchObject({ host, caMaterial: "CA", certMaterial: "CERT" });
  expect(provider?.inputs.keyMaterial).toMatchObject({ [secretMark]: expect.any(String), value: tls.key });
});

test("every Docker resource goes to that provider, and every limit of processes to that engine", () => {
  const onDocker = made.filter(({ type }) => type.startsWith("docker:"));
  expect(onDocker.length).toBeGreaterThan(30);
  for (const { name, provider } of onDocker) expect(provider, name).toContain("::engine::");
  const limits = made.filter(({ name }) => name.endsWith("-pids"));
  expect(limits.length).toBeGreaterThan(5);
  for (const { name, inputs } of limits) {
    expect(inputs.dockerHost, name).toBe(host);
    expect(inputs.dockerTls[secretMark], name).toBeDefined();
  }
});

test("the key stands nowhere else", () => {
  const elsewhere = made.filter(
    ({ name, type }) =>
      !/-(pids|login|admit|retire|guard)$/.test(name) && !type.startsWith("pulumi:providers"),
  );
  expect(JSON.stringify(elsewhere)).not.toContain(tls.key);
});
