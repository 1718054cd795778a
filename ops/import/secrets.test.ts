import fc from "fast-check";
import { expect, test } from "vitest";
import { importText } from "./report.ts";
import { importSetup } from "./run.ts";
import { fixture, importTexts, today, withModel } from "./testing.ts";

const everything = (result: ReturnType<typeof importSetup>): string =>
  `${JSON.stringify(result)}\n${importText(result, "gateway.yaml")}\n${result.gateway}`;

test.each(["neglected.yaml", "compose/docker-compose.yml"])("no canary of %s gets out", (name) => {
  const text = everything(importSetup([fixture(name)], "/", today));

  expect(text).toContain("literal-secret");
  expect(text).not.toMatch(/canary|dbpassword9090|sk-1234/);
});

test("no value of a .env file gets out", () => {
  const result = importTexts({
    ".env":
      "OPENAI_API_KEY=canary-one\nFOO_SECRET='canary-two\nBAR canary-three\nUI_PASSWORD=canary-four\nXY=canary-five\n",
  });
  expect(result.findings.length).toBeGreaterThan(2);
  expect(everything(result)).not.toContain("canary");
});

test.each([
  ["a tag", "general_settings: { master_key: !canary-secret x }"],
  ["an alias", "general_settings: { master_key: *canary-secret }"],
  ["what is no YAML", "general_settings: { master_key: @canary-secret }"],
  ["a line that ends too early", "general_settings:\n  master_key: 'canary-secret"],
])("a parser's message repeats nothing of the file: %s", (_what, more) => {
  expect(() => importTexts({ "config.yaml": withModel(more) })).toThrow(/config\.yaml/);
  try {
    importTexts({ "config.yaml": withModel(more) });
  } catch (error) {
    expect(String(error)).not.toContain("canary");
  }
});

test("a secret under any secret's name, at any depth, stays inside", () => {
  const name = fc.constantFrom(
    "api_key",
    "password",
    "client_secret",
    "hf_token",
    "Authorization",
    "langfuse_secret_key",
  );
  const section = fc.constantFrom(
    "litellm_settings",
    "general_settings",
    "router_settings",
    "callback_settings",
  );
  const secret = fc.stringMatching(/^[a-zA-Z0-9]{16,32}$/).map((text) => `canary${text}`);
  fc.assert(
    fc.property(
      section,
      fc.array(fc.constantFrom("a", "cache_params", "x"), { maxLength: 3 }),
      name,
      secret,
      (top, path, key, value) => {
        const leaf: object = path.reduceRight<object>((inner, step) => ({ [step]: inner }), { [key]: value });
        const config = {
          model_list: [
            { model_name: "m", litellm_params: { model: "openai/gpt-4o", [key]: value, nested: leaf } },
            { model_name: "n", litellm_params: { model: "openai/gpt-4o-mini" } },
          ],
          guardrails: [
            { guardrail_name: "g", litellm_params: { guardrail: "own.Guard", mode: "pre_call", x: leaf } },
          ],
          [top]: leaf,
        };
        expect(everything(importTexts({ "config.json": JSON.stringify(config) }))).not.toContain(value);
      },
    ),
    { numRuns: 60 },
  );
});
