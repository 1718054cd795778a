import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SettingsError } from "./errors.ts";
import { parseSettings, type RawSettings } from "./parse.ts";

const raw = (config: Record<string, unknown>, rest: Partial<RawSettings> = {}): RawSettings => ({
  stackName: "dev",
  layers: [{ profile: "dev" }, config],
  secretKeys: new Set(["providers"]),
  today: "2026-11-24",
  ...rest,
});

function problemsOf(config: Record<string, unknown>, rest?: Partial<RawSettings>) {
  try {
    parseSettings(raw(config, rest));
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("layers", () => {
  test("an empty dev stack has the demo model and nothing else", () => {
    const { settings } = parseSettings(raw({}));
    expect(settings.deployments.map((d) => d.name)).toEqual(["cerberus-demo"]);
    expect(settings.agent.model).toBe("cerberus-demo");
    expect(settings).toMatchObject({
      replicas: 1,
      ports: { gateway: 4000, prometheus: 9090 },
      protectData: true,
    });
  });

  test("the stack wins over the profile, leaf by leaf", () => {
    const { settings } = parseSettings(raw({ ports: { gateway: 4100 }, replicas: 3 }));
    expect(settings.ports).toEqual({ gateway: 4100, prometheus: 9090, approvals: 4001 });
    expect(settings.replicas).toBe(3);
  });

  test("a stack without a profile of its name must name one", () => {
    expect(problemsOf({}, { stackName: "blue", layers: [{}] })).toMatchObject([{ path: "profile" }]);
    expect(problemsOf({ profile: "prd" })[0]?.found).toContain('did you mean "prod"');
  });

  test("the result is frozen to its leaves", () => {
    const { settings } = parseSettings(raw({}));
    expect(Object.isFrozen(settings.resources.litellm)).toBe(true);
  });
});

describe("mistakes", () => {
  test("all of them are reported at once, each with its path and a fix", () => {
    const problems = problemsOf({
      replica: 2,
      ports: { gatway: 1 },
      budget: { maxUsd: -5 },
      agent: { maxIterations: 0 },
    });
    expect(problems.map(({ path }) => path).sort()).toEqual([
      "agent.maxIterations",
      "budget.maxUsd",
      "ports.gatway",
      "replica",
    ]);
    expect(problems.find(({ path }) => path === "replica")?.found).toContain('did you mean "replicas"');
    expect(problems.find(({ path }) => path === "ports.gatway")?.found).toContain('did you mean "gateway"');
    for (const { fix } of problems) expect(fix).not.toBe("");
  });

  test("a secret in plain text is refused, and its value is not repeated", () => {
    const canary = "sk-canary-4711-plain";
    const problems = problemsOf({ providers: { OPENAI_API_KEY: canary } }, { secretKeys: new Set() });
    expect(problems).toMatchObject([{ path: "providers" }]);
    expect(JSON.stringify(problems)).not.toContain(canary);
  });

  test("a key of the wrong shape is refused without showing it", () => {
    const problems = problemsOf({ providers: { OPENAI_API_KEY: "short" } });
    expect(problems).toMatchObject([{ path: "providers.OPENAI_API_KEY" }]);
    expect(JSON.stringify(problems)).not.toContain('"short');
  });

  test("no config of any shape leads to anything but settings or a SettingsError", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 }), (config) => {
        problemsOf(config);
      }),
      { numRuns: 200 },
    );
  });

  test("__proto__ is an unknown setting like any other", () => {
    const problems = problemsOf(JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>);
    expect(problems).toMatchObject([{ path: "__proto__" }]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("rules", () => {
  test("a gateway without a model is refused", () => {
    expect(problemsOf({ demoModel: false })).toMatchObject([{ path: "providers" }]);
  });

  test("the agents' model must be deployed", () => {
    const [problem] = problemsOf({ agent: { model: "cerberus-dema" } });
    expect(problem?.found).toContain('did you mean "cerberus-demo"');
  });

  test("both ports must differ", () => {
    expect(problemsOf({ ports: { gateway: 5000, prometheus: 5000 } })).toMatchObject([
      { path: "ports.prometheus" },
    ]);
  });

  const waiver = (expires: string) => ({ reason: "tried in a lab first", expires });
  const prod = { profile: "prod", providers: { OLLAMA_API_BASE: "http://ollama:11434" } };
  const open = { "CVE-2026-114612": waiver("2026-12-01") };

  test("prod refuses the demo model, unprotected data and images built here", () => {
    const paths = problemsOf({
      ...prod,
      demoModel: true,
      protectData: false,
      images: { source: "packages", waivers: open },
    }).map(({ path }) => path);
    expect(paths.sort()).toEqual(["demoModel", "images.waivers.packages-source", "protectData"]);
  });

  test("a waiver counts until its day, and no longer", () => {
    const images = (day: string) => ({
      source: "packages",
      waivers: { ...open, "packages-source": waiver(day) },
    });
    expect(problemsOf({ ...prod, images: images("2026-11-24") })).toEqual([]);
    expect(problemsOf({ ...prod, images: images("2026-11-23") })[0]?.found).toContain("ended on 2026-11-23");
  });

  test("an advisory that no release mends warns in dev and is refused in prod", () => {
    expect(parseSettings(raw({})).warnings.map(({ path }) => path)).toEqual([
      "images.waivers.CVE-2026-114612",
    ]);
    expect(problemsOf(prod).map(({ path }) => path)).toEqual(["images.waivers.CVE-2026-114612"]);
  });
});

describe("models", () => {
  const providers = {
    OPENAI_API_KEY: "sk-test-openai",
    ANTHROPIC_API_KEY: "sk-test-anthropic",
    ANTHROPIC_API_BASE: "http://localhost:1",
  };

  test("a model is there exactly where its provider is set up", () => {
    const { settings } = parseSettings(raw({ providers, demoModel: false }));
    expect(settings.deployments).toMatchObject([
      {
        name: "gpt-4o-mini",
        litellmModel: "openai/gpt-4o-mini",
        secretParams: { api_key: "OPENAI_API_KEY" },
      },
      { name: "claude-sonnet-4-6", plainParams: { api_base: "http://localhost:1" } },
    ]);
    expect(settings.agent.model).toBe("gpt-4o-mini");
    expect(settings.fallbacks.general).toEqual({
      "gpt-4o-mini": ["claude-sonnet-4-6"],
      "claude-sonnet-4-6": ["gpt-4o-mini"],
    });
  });

  test("fallbacks to what is not deployed are left out", () => {
    const { settings } = parseSettings(raw({ providers: { OPENAI_API_KEY: "sk-test-openai" } }));
    expect(settings.fallbacks.general).toEqual({});
  });

  test("settings hold no secret", () => {
    const { settings, providerSecrets } = parseSettings(raw({ providers }));
    expect(JSON.stringify(settings)).not.toContain("sk-test");
    expect(providerSecrets).toEqual({
      OPENAI_API_KEY: "sk-test-openai",
      ANTHROPIC_API_KEY: "sk-test-anthropic",
    });
  });
});
