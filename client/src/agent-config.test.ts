import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseAgentConfig, startSession } from "./agent-config.ts";
import { fromEnv } from "./env.ts";

const example = readFileSync(new URL("../../config-templates/agent.example.yaml", import.meta.url), "utf8");
const env = fromEnv({
  CERBERUS_MODEL: "litellm/gpt-4o",
  LITELLM_BASE_URL: "http://127.0.0.1:4000",
  LITELLM_MASTER_KEY: "sk-agent-x",
  CERBERUS_PRICE_LIMIT: "100.0",
  CERBERUS_MAX_ITERATIONS: "20",
});

test("the example is read", () => {
  expect(parseAgentConfig(example)).toEqual({
    name: "LiteLLM Agent",
    role: "model_proxy",
    tools: [{ name: "litellm_adapter", path: "tools.proxy.litellm_adapter.LiteLLMAdapter" }],
    constraints: { maxBudgetUsd: 50, requireApproval: true, maxIterations: 50 },
  });
});

test("what has a default may be left out", () => {
  const config = parseAgentConfig("name: a\nrole: b\nconstraints: { max_budget: 1 }\n");
  expect(config).toMatchObject({ tools: [], constraints: { requireApproval: true, maxIterations: 50 } });
});

const head = "name: a\nrole: b\n";
test.each([
  ["", "agent.yaml:1:1: the file is missing; it must be a mapping of name, role, tools, constraints"],
  [
    "- a\n",
    "agent.yaml:1:1: the file is a list or mapping; it must be a mapping of name, role, tools, constraints",
  ],
  ["name: [\n", "agent.yaml:2:1: "],
  ["name: a\nname: b\n", "agent.yaml:2:1: Map keys must be unique"],
  [`${head}constraints: 5\n`, "agent.yaml:3:14: constraints is 5; it must be a mapping"],
  [
    `${head}contraints: {}\nconstraints: { max_budget: 1 }\n`,
    "agent.yaml:3:1: contraints is no setting; known here: name, role, tools, constraints",
  ],
  [
    `${head}constraints: { max_budget: -1 }\n`,
    "agent.yaml:3:28: constraints.max_budget is -1; it must be a number above 0",
  ],
  [`${head}constraints: { max_budget: .inf }\n`, "agent.yaml:3:28: constraints.max_budget is"],
  [
    `${head}constraints: { require_approval: yes }\n`,
    'constraints.require_approval is "yes"; it must be true or false',
  ],
  [
    `${head}constraints: { max_budget: 1, max_iterations: 1.5 }\n`,
    "constraints.max_iterations is 1.5; it must be a whole number above 0",
  ],
  [
    `${head}constraints: {}\n`,
    "agent.yaml:3:14: constraints.max_budget is missing; it must be a number above 0",
  ],
  [`${head}tools: x\nconstraints: { max_budget: 1 }\n`, 'agent.yaml:3:8: tools is "x"; it must be a list'],
  [
    `${head}tools:\n  - name: t\nconstraints: { max_budget: 1 }\n`,
    "agent.yaml:4:5: tools.0.path is missing; it must be a text",
  ],
  [
    `${head}tools:\n  - { name: t, path: p, url: u }\nconstraints: { max_budget: 1 }\n`,
    "tools.0.url is no setting; known here: name, path",
  ],
  ["name: ''\nrole: 7\nconstraints: { max_budget: 1 }\n", "agent.yaml:2:7: role is 7; it must be a text"],
])("%j is refused at its place", (text, says) => {
  expect(() => parseAgentConfig(text)).toThrow(says);
});

test("all problems are said at once", () => {
  const text = "name: 1\nrole: 2\nconstraints: { max_budget: 0 }\n";
  const report = (): string => {
    try {
      parseAgentConfig(text, "a.yaml");
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(report().split("\n")).toHaveLength(3);
});

test("a session that must ask a human needs somebody to ask", () => {
  const config = parseAgentConfig(example);
  expect(() => startSession(config, env)).toThrow("startSession() needs onApprovalRequired");
  expect(startSession(config, env, { onApprovalRequired: () => "stop" }).iterations).toBe(0);
});

test("the narrower limits of file and environment hold", () => {
  const config = parseAgentConfig(example);
  const session = startSession(config, env, { onApprovalRequired: () => "stop" });
  expect(session.limits).toEqual({ model: "gpt-4o", priceLimitUsd: 50, maxIterations: 20 });
});

test("the environment names every variable that is missing or wrong", () => {
  expect(() => fromEnv({ CERBERUS_MODEL: "gpt-4o", LITELLM_MASTER_KEY: "sk-canary" })).toThrow(
    /CERBERUS_MODEL is wrong.*\nLITELLM_BASE_URL is not set.*\nCERBERUS_PRICE_LIMIT is not set.*\nCERBERUS_MAX_ITERATIONS is not set/,
  );
  expect(() => fromEnv({ LITELLM_MASTER_KEY: "canary" })).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining("canary") }),
  );
});
