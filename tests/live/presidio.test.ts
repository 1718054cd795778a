import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { packagesReference } from "../../infra/images/packages.ts";
import { patternEntities } from "../../infra/settings/presidio.ts";
import { GuardrailDefinition } from "../../infra/settings/schema/definitions/guardrail.ts";
import { docker } from "../../ops/docker.ts";
import { projectRoot } from "../../ops/paths.ts";
import { inspect } from "./engine.ts";
import { GuardedLitellm } from "./guarded-litellm.ts";
import { readyImages } from "./ready-images.ts";

// Presidio built from packages, behind a real LiteLLM: what may not leave doesn't, and not while presidio is away either.

const pii = GuardrailDefinition.parse({
  name: "pii",
  type: "presidio",
  entities: {
    CREDIT_CARD: "MASK",
    EMAIL_ADDRESS: "MASK",
    PHONE_NUMBER: "MASK",
    IBAN_CODE: "MASK",
    US_SSN: "BLOCK",
  },
  timeoutSeconds: 5,
});

const secrets = [
  ["CREDIT_CARD", "4111 1111 1111 1111"],
  ["EMAIL_ADDRESS", "joe.bloggs@example.com"],
  ["PHONE_NUMBER", "+1 212-555-0199"],
  ["IBAN_CODE", "DE89 3704 0044 0532 0130 00"],
] as const;
const prompt = `About ${secrets.map(([, value]) => value).join(" and ")}: ünïcode, please.`;

const gateway = new GuardedLitellm();
const names = ["litellm", "presidio-analyzer", "presidio-anonymizer"] as const;

beforeAll(async () => {
  await readyImages(...names);
  const [litellm, analyzer, anonymizer] = names.map((name) => packagesReference(projectRoot, name));
  await gateway.start({ litellm: litellm ?? "", analyzer: analyzer ?? "", anonymizer: anonymizer ?? "" }, [
    pii,
  ]);
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.upstream.forget());

const says = (content: unknown) => [{ role: "user", content }];
const routes = [
  ["/v1/chat/completions", "gpt", says(prompt)],
  ["/v1/chat/completions", "gpt", says([{ type: "text", text: prompt }])],
  ["/v1/messages", "claude", says(prompt)],
] as const;
const cases = routes.flatMap(([path, model, messages]) =>
  [false, true].map((stream) => ({ path, model, messages, stream })),
);

describe("the containers", () => {
  test("are the analyzer and the anonymizer, each with little to do harm with", async () => {
    for (const name of [gateway.analyzer, gateway.anonymizer]) {
      const { HostConfig, Config } = await inspect(name);
      expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ["ALL"] });
      expect(Config.User).toBe("1001:0");
      expect((await gateway.presidio(name, "/health")).text).toMatch(/^Presidio \w+ service is up$/);
    }
  });

  test("find exactly what the definitions offer", async () => {
    const { text } = await gateway.presidio(gateway.analyzer, "/supportedentities?language=en");
    expect((JSON.parse(text) as string[]).sort()).toEqual([...patternEntities].sort());
    const recognizers = await gateway.presidio(gateway.analyzer, "/recognizers?language=en");
    expect(JSON.parse(recognizers.text)).toContain("IbanRecognizer");
  });

  test.each([
    ["/analyze", { text: "x", language: "de" }, 500, "No matching recognizers"],
    ["/analyze", { text: "x", language: "en", entities: ["PERSON"] }, 500, "No matching recognizers"],
    ["/analyze", { text: "", language: "en" }, 500, "No text provided"],
    ["/nothing", {}, 404, "not found"],
  ])(
    "answer what they can't do with an error, never with nothing found: %s %j",
    async (path, body, status, text) => {
      const answer = await gateway.presidio(gateway.analyzer, path, body);
      expect(answer.status).toBe(status);
      expect((JSON.parse(answer.text) as { error: string }).error).toContain(text);
    },
  );

  test("weigh the words around a number, as with a language model", async () => {
    const score = async (text: string) => {
      const answer = await gateway.presidio(gateway.analyzer, "/analyze", {
        text,
        language: "en",
        entities: ["PHONE_NUMBER"],
      });
      return (JSON.parse(answer.text) as { score: number }[])[0]?.score ?? 0;
    };
    expect(await score("my phone is 212-555-0199")).toBeGreaterThan(await score("it is 212-555-0199"));
  });
});

describe("personal data", () => {
  test.each(cases)("is masked before it leaves: $path, stream $stream", async ({ path, stream, ...rest }) => {
    const response = await gateway.ask(path, { ...rest, stream });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    const seen = await gateway.upstream.seen();
    expect(seen).toHaveLength(1);
    expect(seen[0]?.streamed).toBe(stream);
    for (const [entity, value] of secrets) {
      expect(seen[0]?.prompt).toContain(`<${entity}>`);
      expect(seen[0]?.prompt).not.toContain(value);
    }
    expect(seen[0]?.prompt).toContain("ünïcode, please.");
  });

  test.each<Record<string, unknown>>([
    { guardrails: [] },
    { disable_global_guardrails: true },
    { metadata: { disable_global_guardrails: true, guardrails: [] } },
    { litellm_metadata: { disable_global_guardrails: true } },
    { metadata: { guardrail_config: { language: "de" } } },
    { guardrails: [{ pii: { extra_body: { entities: ["URL"] } } }] },
  ])("is masked whatever the caller says of guardrails: %j", async (extra) => {
    await gateway.ask("/v1/chat/completions", { model: "gpt", messages: says(prompt), ...extra });
    const seen = await gateway.upstream.seen();
    expect(seen).toHaveLength(1);
    for (const [, value] of secrets) expect(seen[0]?.prompt).not.toContain(value);
  });

  test.each([false, true])("that may not be sent at all is refused with 400, stream %s", async (stream) => {
    const response = await gateway.ask("/v1/chat/completions", {
      model: "gpt",
      messages: says("my social security number is 536-90-4399"),
      stream,
    });
    const text = await response.text();
    expect(response.status, text).toBe(400);
    expect(text).toContain("US_SSN");
    expect(text).not.toContain("536-90-4399");
    expect(await gateway.upstream.seen()).toEqual([]);
  });
});

describe("while presidio is away", () => {
  const refused = async () => {
    for (const { path, stream, ...rest } of cases) {
      const response = await gateway.ask(path, { ...rest, stream });
      const text = await response.text();
      expect(response.status, text).toBe(500);
      for (const [, value] of secrets) expect(text).not.toContain(value);
    }
    expect(await gateway.upstream.seen()).toEqual([]);
  };
  const works = async () => {
    const response = await gateway.ask("/v1/chat/completions", { model: "gpt", messages: says(prompt) });
    expect(response.status, await response.clone().text()).toBe(200);
    expect((await gateway.upstream.seen())[0]?.prompt).toContain("<CREDIT_CARD>");
  };

  test.each([gateway.analyzer, gateway.anonymizer])(
    "%s killed: refused; back again: served",
    async (name) => {
      await docker(["kill", name]);
      await refused();
      await docker(["start", name]);
      await gateway.healthy(name);
      await works();
    },
  );

  test("an analyzer that hangs: refused after the declared time; awake again: served", async () => {
    await docker(["pause", gateway.analyzer]);
    const from = performance.now();
    const response = await gateway.ask("/v1/chat/completions", { model: "gpt", messages: says(prompt) });
    const seconds = (performance.now() - from) / 1000;
    await docker(["unpause", gateway.analyzer]);
    expect(response.status).toBe(500);
    expect(seconds).toBeGreaterThan(4.5);
    expect(seconds).toBeLessThan(15);
    expect(await gateway.upstream.seen()).toEqual([]);
    await works();
  });
});
