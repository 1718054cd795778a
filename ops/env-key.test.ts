import { expect, test } from "vitest";
import { withKey } from "./env.ts";

const outputs = {
  cerberusEnv: {
    CERBERUS_MODEL: "litellm/a",
    LITELLM_BASE_URL: "http://127.0.0.1:4000",
    LITELLM_MASTER_KEY: "sk-agent",
    CERBERUS_PRICE_LIMIT: "1.0",
    CERBERUS_MAX_ITERATIONS: "1",
  },
  access: {
    owner: "o",
    budgets: {},
    teams: {},
    users: {},
    customers: {},
    keys: { app: {}, laptop: {} },
    ignored: [],
  },
  accessKeys: { app: "sk-app" },
};

test("an access key takes the agent key's place, and nothing else changes", () => {
  expect(withKey(outputs, "app")).toEqual({ ...outputs.cerberusEnv, LITELLM_MASTER_KEY: "sk-app" });
  expect(withKey(outputs)).toEqual(outputs.cerberusEnv);
});

test("a key that is none, and one that nobody here knows the value of, are refused", () => {
  expect(() => withKey(outputs, "ap")).toThrow('no key is called "ap" (did you mean "app"?)');
  expect(() => withKey(outputs, "laptop")).toThrow("was made elsewhere and adopted");
});
