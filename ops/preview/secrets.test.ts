import { expect, test } from "vitest";
import { consequences } from "./consequences.ts";
import { renderedChanges } from "./rendered-diff.ts";
import { asMarkdown, asText, makeReport } from "./report.ts";
import { readSteps } from "./steps.ts";

const canary = "sk-canary-0123456789abcdef";
/** How Pulumi's JSON carries a secret that it was told to show. */
const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: value,
  value,
});
const urn = (type: string, name: string) =>
  `urn:pulumi:dev::cerberus-gateway::cerberus:gateway:Stack$${type}::${name}`;
const container = "docker:index/container:Container";

const config = (key: string, note: string) => `
model_list:
  - model_name: a
    litellm_params: { model: openai/a, api_key: ${key}, extra_headers: { Authorization: "Bearer ${canary}" } }
    model_info: { id: a, note: ${note} }
general_settings:
  database_url: "postgresql://litellm:${canary}@db/litellm"
`;

const steps = readSteps(
  JSON.stringify({
    steps: [
      {
        op: "update",
        urn: urn("pulumi-nodejs:dynamic:Resource", "agent-key"),
        oldState: {
          inputs: {
            alias: "k",
            models: ["a"],
            key: secret(canary),
            masterKey: secret(canary),
            token: canary,
          },
        },
        newState: {
          inputs: {
            alias: "k",
            models: [],
            key: secret(`${canary}2`),
            masterKey: secret(canary),
            token: canary,
          },
        },
      },
      {
        op: "replace",
        urn: urn(container, "litellm-secrets-writer"),
        oldState: { inputs: { uploads: secret([{ file: "/files/KEY", content: canary }]) } },
        newState: { inputs: { uploads: [{ file: "/files/KEY", content: secret(canary) }] } },
      },
      {
        op: "replace",
        urn: urn(container, "litellm-config-writer"),
        oldState: {
          inputs: { uploads: [{ file: "/files/config.yaml", content: config("os.environ/A", "x") }] },
        },
        newState: { inputs: { uploads: [{ file: "/files/config.yaml", content: config(canary, "y") }] } },
      },
      {
        op: "replace",
        urn: urn(container, "litellm-1-container"),
        oldState: { inputs: { name: "dev-litellm-1", envs: secret([`KEY=${canary}`]), image: "a" } },
        newState: { inputs: { name: "dev-litellm-1", envs: [`KEY=${canary}`], image: "b" } },
      },
    ],
  }),
);

test("no secret reaches a report, whichever way Pulumi writes it", () => {
  const files = renderedChanges(steps);
  const report = makeReport("dev", steps, consequences(steps, files), files);

  for (const text of [asText(report), asMarkdown(report), JSON.stringify(report, null, 2)]) {
    expect(text).not.toContain("canary");
    expect(text).toContain("the key k would lose a");
    // What is no secret is still there to be read.
    expect(text).toContain("note");
  }
  expect(JSON.stringify(steps.filter(({ name }) => name !== "litellm-config-writer"))).not.toContain(
    "canary",
  );
  expect(asText(report)).toContain('api_key: "os.environ/A" → "[secret]"');
});
