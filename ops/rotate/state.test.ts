import { expect, test } from "vitest";
import { keyVariable } from "./provider-key.ts";
import { generatedSecret, secretsIn } from "./state.ts";

const exported = JSON.stringify({
  deployment: {
    resources: [
      {
        urn: "urn:pulumi:dev::cerberus-gateway::a$random:index/randomPassword:RandomPassword::secrets-ui-password",
        type: "random:index/randomPassword:RandomPassword",
        outputs: { result: { "4dabf18193072939515e22adb298388d": "x", plaintext: '"canary"' } },
      },
      {
        urn: "urn:pulumi:dev::cerberus-gateway::a$pulumi-nodejs:dynamic:Resource::salt-guard",
        type: "pulumi-nodejs:dynamic:Resource",
        outputs: { fingerprint: "f", saltKey: { plaintext: '"sk-salt-canary"' } },
      },
    ],
  },
});

test("generated values and the proved salt key are found by name, whether or not the export wraps them", () => {
  expect(secretsIn(exported)).toEqual({
    generated: { "ui-password": "canary" },
    salt: { key: "sk-salt-canary", fingerprint: "f" },
  });
});

test("a value that is not there is named", () => {
  expect(() => generatedSecret(secretsIn(exported), "master-key")).toThrow(/no secret "master-key"/);
});

test.each([
  { name: "openai", is: "OPENAI_API_KEY" },
  { name: "OPENAI_API_KEY", is: "OPENAI_API_KEY" },
  { name: "azure", is: "AZURE_API_KEY" },
])("the provider $name has the key $is", ({ name, is }) => {
  expect(keyVariable(name)).toBe(is);
});

test.each([
  { name: "opanai", says: /no provider/ },
  { name: "bedrock", says: /more than one secret: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY/ },
])("$name is refused", ({ name, says }) => {
  expect(() => keyVariable(name)).toThrow(says);
});
