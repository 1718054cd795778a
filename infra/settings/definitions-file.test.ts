import { describe, expect, test } from "vitest";
import { parseDefinitions } from "./definitions-file.ts";
import { SettingsError } from "./errors.ts";
import { parseSettings } from "./parse.ts";

const parse = (text: string) =>
  parseSettings({
    stackName: "dev",
    layers: [{ profile: "dev" }],
    secretKeys: new Set(),
    today: "2026-11-24",
    definitions: parseDefinitions(text, "gateway.yaml"),
  });

function problemsOf(text: string) {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const demo = `models:
  - name: demo
    provider: demo
    answer: hello
    price: { inputUsdPerToken: 0, outputUsdPerToken: 0 }
`;

test("the same schema in YAML", () => {
  const { settings } = parse(`${demo}aliases:\n  gpt-4: demo\n`);
  expect(settings.deployments.map(({ name }) => name)).toEqual(["demo"]);
  expect(settings.aliases).toEqual({ "gpt-4": "demo" });
});

describe("every problem has its line and column", () => {
  test("a misspelt key points at itself", () => {
    const [problem] = problemsOf(demo.replace("answer", "anwser").replace("price:", "answer: x\n    price:"));
    expect(problem?.path).toBe("gateway.yaml:4:5: models[0].anwser");
    expect(problem?.found).toContain('did you mean "answer"');
  });

  test("an unknown provider points at the value's key, and says what was meant", () => {
    const [problem] = problemsOf(demo.replace("provider: demo", "provider: opnai"));
    expect(problem?.path).toBe("gateway.yaml:3:5: models[0].provider");
    expect(problem?.found).toContain('did you mean "openai"');
  });

  test("a name that resolves to nothing points at the alias", () => {
    const [problem] = problemsOf(`${demo}aliases:\n  fast: dmo\n`);
    expect(problem?.path).toBe("gateway.yaml:7:3: aliases.fast");
    expect(problem?.found).toContain('did you mean "demo"');
  });

  test("what is no YAML points at the place", () => {
    expect(problemsOf(`${demo}aliases: [`)[0]?.path).toMatch(/^gateway\.yaml:6:\d+$/);
  });
});

describe("hostile YAML is refused", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
    .split("")
    .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`)
    .join("\n")}\nmodels: *i\n`;

  test.each([
    ["an alias bomb", bomb],
    ["a key twice", `${demo}models: []\n`],
    ["a tag of its own", "models: !!js/function 'function () {}'\n"],
    ["a prototype key", `${demo}__proto__: { polluted: true }\n`],
    ["a constructor key", `${demo}constructor: { prototype: { polluted: true } }\n`],
    ["a number beyond all bounds", demo.replace("inputUsdPerToken: 0", "inputUsdPerToken: 1e999")],
    ["not a number", demo.replace("inputUsdPerToken: 0", "inputUsdPerToken: .nan")],
    ["two documents", `${demo}---\n${demo}`],
    ["a list at the top", "- models\n"],
    ["nothing at all", ""],
    ["binary rubbish", "\u0000\u0001\u0002"],
    ["more than any gateway needs", `# ${"x".repeat(5 * 1024 * 1024)}\n${demo}`],
  ])("%s", (_what, text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
