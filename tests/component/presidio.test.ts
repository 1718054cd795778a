import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test, vi } from "vitest";
import { imagesOf } from "../../infra/images/catalog.ts";
import { renderFiles } from "../../infra/render/files.ts";
import { parseSettings } from "../../infra/settings/parse.ts";

interface Made {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs of every resource type there is
  readonly inputs: any;
}

/** In the order in which the program asked for them. */
const made: Made[] = [];
let config = "";
let containers: readonly { service: string }[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ name, inputs }) => {
        // Whoever doesn't wait for presidio is asked for first.
        if (name.startsWith("presidio")) await sleep(100);
        made.push({ name, inputs });
        const result = name.includes("password") || name.includes("key") ? { result: "secret" } : {};
        return { id: `${name}-id`, state: { ...(inputs as object), ...result, exitCode: 0 } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "cerberus-gateway",
    "unit",
  );
  const { settings } = parseSettings({
    stackName: "unit",
    layers: [{ profile: "dev", replicas: 2 }],
    secretKeys: new Set(),
    today: "2026-11-24",
    definitions: {
      value: {
        models: [
          {
            name: "a",
            provider: "openai-compatible",
            model: "a",
            apiBase: "http://a:1",
            price: { inputUsdPerToken: 0, outputUsdPerToken: 0 },
          },
        ],
        guardrails: [{ name: "pii", type: "presidio", entities: { CREDIT_CARD: "MASK" } }],
      },
      file: "test",
    },
  });
  const files = renderFiles(settings);
  config = files.litellm["config.yaml"] ?? "";
  const images = Object.fromEntries(
    imagesOf(settings).map((name) => [name, `registry.test/${name}@sha256:1`]),
  );
  const { Stack } = await import("../../infra/stack.ts");
  const stack = new Stack({ root: "/project", settings, providerSecrets: {}, files, images });
  containers = await new Promise((resolve) => {
    pulumi.output(stack.outputs.containers).apply((value) => resolve(value));
  });
  const last = () => made.some(({ name }) => name === "litellm-2-container");
  await vi.waitFor(() => expect(last()).toBe(true), { timeout: 30_000 });
});

const container = (service: string) =>
  made.find(({ inputs }) => inputs.name === `unit-${service}` && inputs.image !== undefined)?.inputs;

test.each(["presidio-analyzer", "presidio-anonymizer"])(
  "%s runs from its image, on the app network alone",
  (name) => {
    expect(container(name)).toMatchObject({
      image: `registry.test/${name}@sha256:1`,
      user: "1001:0",
      readOnly: true,
      capabilities: { drops: ["ALL"] },
      networksAdvanced: [{ name: "unit-app", aliases: [name] }],
      ports: [],
      envs: expect.arrayContaining([expect.stringContaining("--no-control-socket")]),
      volumes: [],
    });
    expect(containers.map(({ service }) => service)).toContain(name);
  },
);

test("the replicas are told of them, and start after both are ready", () => {
  expect(config).toContain("presidio_analyzer_api_base: http://presidio-analyzer:3000");
  expect(config).toContain("presidio_anonymizer_api_base: http://presidio-anonymizer:3000");
  const at = (name: string) => made.findIndex((resource) => resource.name === name);
  for (const name of ["presidio-analyzer-pids", "presidio-anonymizer-pids"]) {
    expect(at(name), name).toBeGreaterThan(-1);
    expect(at("litellm-1-container")).toBeGreaterThan(at(name));
  }
});
