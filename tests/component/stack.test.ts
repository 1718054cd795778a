import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import type { ImageReferences } from "../../infra/images/resolve.ts";
import { engineName, mountPaths } from "../../infra/names.ts";
import { StackOutputs } from "../../infra/outputs.ts";
import { renderFiles } from "../../infra/render/files.ts";
import { parseSettings } from "../../infra/settings/parse.ts";
import { projectRoot } from "../../ops/paths.ts";

// Pulumi's own mocks: what the program would ask the providers for. Each test stands for pitfalls of shared/pulumi-docker.md.

interface Made {
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs of every resource type there is
  readonly inputs: any;
}

const made: Made[] = [];
const images: ImageReferences = {
  litellm: "registry.test/litellm@sha256:1",
  postgres: "registry.test/postgres@sha256:2",
  redis: "registry.test/redis@sha256:3",
  haproxy: "registry.test/haproxy@sha256:4",
  prometheus: "registry.test/prometheus@sha256:5",
};
const canary = "sk-canary-component";
/** What marks a secret on its way to a provider (Pulumi SDK: runtime/rpc.ts, specialSigKey). */
const secretMark = "4dabf18193072939515e22adb298388d";
let outputs: Record<string, unknown>;

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        made.push({ type, name, inputs: inputs as Record<string, unknown> });
        const result = type.includes("RandomPassword") ? { result: `${canary}-${name}` } : {};
        return { id: `${name}-id`, state: { ...(inputs as object), ...result, exitCode: 0 } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "cerberus-gateway",
    "unit",
  );
  const { settings } = parseSettings({
    stackName: "unit",
    layers: [
      {
        profile: "dev",
        replicas: 2,
        providers: { OPENAI_API_KEY: canary },
        rotation: { keys: { agent: { generation: 2, overlap: "2099-01-01" } } },
      },
    ],
    secretKeys: new Set(["providers"]),
    today: "2026-11-24",
  });
  const { Stack } = await import("../../infra/stack.ts");
  const stack = new Stack({
    root: "/project",
    settings,
    providerSecrets: { OPENAI_API_KEY: pulumi.secret(canary) },
    files: renderFiles(settings),
    images,
  });
  outputs = await new Promise((resolve) => pulumi.output(stack.outputs).apply((value) => resolve(value)));
  await new Promise((resolve) => setTimeout(resolve, 500));
});

const ofType = (type: string) => made.filter((resource) => resource.type === type);
const containers = () => ofType("docker:index/container:Container");
const writers = () => containers().filter(({ name }) => name.endsWith("-writer"));
const jobs = () => containers().filter(({ name }) => name.endsWith("-job"));
const services = () => containers().filter(({ name }) => name.endsWith("-container"));

describe("what the stack is made of", () => {
  test("nine services with two replicas, one migration, four networks", () => {
    expect(
      services()
        .map(({ inputs }) => inputs.name)
        .sort(),
    ).toEqual([
      "unit-approvals",
      "unit-audit",
      "unit-frontdoor",
      "unit-litellm-1",
      "unit-litellm-2",
      "unit-postgres",
      "unit-prometheus",
      "unit-redis-cache",
      "unit-redis-coordination",
    ]);
    expect(jobs()).toHaveLength(1);
    const networks = ofType("docker:index/network:Network").map(({ inputs }) => [
      inputs.name,
      inputs.internal,
    ]);
    expect(Object.fromEntries(networks)).toEqual({
      "unit-edge": false,
      "unit-app": true,
      "unit-data": true,
      "unit-egress": false,
    });
  });

  test("the outputs are what everything after `up` parses", () => {
    expect(StackOutputs.safeParse(outputs).error?.message).toBeUndefined();
  });

  test("everything carries the stack's label and name", () => {
    for (const type of ["container:Container", "network:Network", "volume:Volume"]) {
      for (const { name, inputs } of ofType(`docker:index/${type}`)) {
        expect(inputs.labels, name).toContainEqual({ label: "dev.cerberus-gateway.stack", value: "unit" });
        expect(inputs.name, name).toMatch(/^unit-/);
      }
    }
  });

  test("generated secrets are long enough: 64 letters and digits", () => {
    const passwords = ofType("random:index/randomPassword:RandomPassword");
    expect(passwords.length).toBeGreaterThanOrEqual(9);
    for (const { name, inputs } of passwords)
      expect(inputs, name).toMatchObject({ length: 64, special: false });
  });
});

describe("every container", () => {
  test("has an exact image", () => {
    for (const { name, inputs } of containers()) expect(Object.values(images), name).toContain(inputs.image);
  });

  test("that runs is limited, and its swap limit is its memory limit (5)", () => {
    for (const { name, inputs } of [...services(), ...jobs()]) {
      expect(inputs.memory, name).toBeGreaterThan(0);
      expect(inputs.memorySwap, name).toBe(inputs.memory);
      expect(inputs, name).toMatchObject({
        readOnly: true,
        init: true,
        capabilities: { drops: ["ALL"] },
        securityOpts: ["no-new-privileges:true"],
        logOpts: { "max-file": "3", "max-size": "10m" },
      });
      expect(inputs.user, name).toMatch(/^[1-9]\d*:0$/);
    }
  });

  test("is given time to stop (1), is waited for (19), and spells values as the engine does (10)", () => {
    for (const { name, inputs } of services()) {
      expect(inputs.destroyGraceSeconds, name).toBeGreaterThanOrEqual(30);
      expect(inputs.wait, name).toBe(true);
      expect(inputs.waitTimeout, name).toBeGreaterThanOrEqual(300);
      for (const key of ["interval", "timeout", "startPeriod"]) {
        expect(inputs.healthcheck[key], name).toMatch(/^(\d+m)?[0-5]?\ds$/);
      }
      expect(inputs.cpus, name).toMatch(/^\d+\.\d+$/);
      expect(inputs.envs, name).toEqual([...inputs.envs].sort());
    }
  });

  test("takes uploads only while it can't run (6)", () => {
    for (const { name, inputs } of services()) expect(inputs.uploads ?? [], name).toEqual([]);
    expect(writers().length).toBeGreaterThan(8);
    for (const { name, inputs } of writers()) {
      expect(inputs, name).toMatchObject({ start: false, mustRun: false, networkMode: "none" });
      const wrapped = inputs.uploads[secretMark] !== undefined;
      expect(wrapped, name).toBe(name.endsWith("-secrets-writer"));
      for (const { permissions } of wrapped ? inputs.uploads.value : inputs.uploads) {
        expect(permissions, name).toBe("0440");
      }
    }
  });

  test("is published on the loopback address or not at all", () => {
    const ports = services().flatMap(({ inputs }) => inputs.ports as { ip: string; external: number }[]);
    expect(ports.map(({ ip, external }) => [ip, external]).sort()).toEqual([
      ["127.0.0.1", 4000],
      ["127.0.0.1", 4001],
      ["127.0.0.1", 9090],
    ]);
  });

  test("mounts its configuration and secrets read-only, from volumes named by content; a Redis is told of another password instead", () => {
    for (const { name, inputs } of services()) {
      const mounts = inputs.volumes as { volumeName: string; containerPath: string; readOnly?: boolean }[];
      for (const { volumeName, containerPath, readOnly } of mounts) {
        if (!/^\/(etc\/cerberus|run\/secrets)/.test(containerPath)) continue;
        expect(readOnly, name).toBe(true);
        if (containerPath.startsWith("/run/secrets") && name.startsWith("redis"))
          expect(volumeName).toBe(`${inputs.name}-secrets`);
        else expect(volumeName, name).toMatch(/-[0-9a-f]{12}$/);
      }
    }
  });

  test("has our Python from one volume beside its configuration, where it runs any", () => {
    const places = services().flatMap(({ inputs }) =>
      (inputs.volumes as { volumeName: string; containerPath: string }[])
        .filter(({ containerPath }) => containerPath === mountPaths.plugins)
        .map(({ volumeName }) => ({ service: inputs.name as string, volumeName })),
    );
    expect(places.map(({ service }) => service).sort()).toEqual(
      ["approvals", "audit", "litellm-1", "litellm-2"].map((service) => engineName("unit", service)),
    );
    expect(new Set(places.map(({ volumeName }) => volumeName)).size).toBe(1);
    const writer = writers().find(({ name }) => name === "plugins-writer");
    expect(writer?.inputs.uploads.length).toBeGreaterThan(100);
    for (const { source, sourceHash, content } of writer?.inputs.uploads ?? []) {
      // Seen from the program's folder, where Pulumi starts the provider.
      expect(existsSync(`${projectRoot}/infra/${source}`), source).toBe(true);
      expect(sourceHash).toMatch(/^[0-9a-f]{12}$/);
      expect(content).toBeUndefined();
    }
  });

  test("has one limit of processes (23)", () => {
    const limits = ofType("pulumi-nodejs:dynamic:Resource").filter(({ name }) => name.endsWith("-pids"));
    expect(limits).toHaveLength(services().length);
    for (const { name, inputs } of limits) expect(inputs.limit, name).toBeGreaterThan(0);
  });
});

/** Resources that call the admin API, and the guard that proves the salt key. */
const keyMakers = ["agent-key", "access-objects", "salt-guard"];

test("a rotated agent key is another value, which the former one stands beside, both secret", () => {
  const [agent] = made.filter(({ name }) => name === "agent-key");
  const { key, formerKey, formerUntil } = agent?.inputs ?? {};
  for (const value of [key, formerKey]) expect(value[secretMark]).toBeDefined();
  expect(formerKey.value).toBe(`sk-agent-${canary}-secrets-agent-key`);
  expect(key.value).toMatch(/^sk-agent-[\w-]{43}$/);
  expect(formerUntil).toBe("2099-01-01");
  expect(outputs["rotation"]).toMatchObject({ keys: { agent: { generation: 2, overlap: "2099-01-01" } } });
});

test("no secret stands anywhere but in the uploads of a writer and in the inputs of what makes keys", () => {
  const elsewhere = made
    .filter(({ name, type }) => !keyMakers.includes(name) && !type.includes("RandomPassword"))
    .map(({ type, name, inputs }) => ({ type, name, inputs: { ...inputs, uploads: undefined } }));
  expect(elsewhere.length).toBeGreaterThan(50);
  for (const resource of elsewhere) expect(JSON.stringify(resource), resource.name).not.toContain(canary);
  for (const { name, inputs } of made.filter((resource) => keyMakers.includes(resource.name))) {
    const plain = Object.values(inputs as object).filter((value) => value?.[secretMark] === undefined);
    expect(JSON.stringify(plain), name).not.toContain(canary);
  }
});
