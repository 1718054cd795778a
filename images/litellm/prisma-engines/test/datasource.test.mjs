import assert from "node:assert/strict";
import { test } from "node:test";
import { queryEngineUrl, schemaEngineUrl } from "../lib/datasource.mjs";

const schemaText = `datasource client {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}`;
const withDirectUrl = schemaText.replace("}", '  directUrl = env("DIRECT_URL")\n}');
const environment = { DATABASE_URL: "postgresql://pooled", DIRECT_URL: "postgresql://direct" };

test("reads a URL from the environment or from the schema itself", () => {
  assert.equal(queryEngineUrl(schemaText, environment), "postgresql://pooled");
  assert.equal(queryEngineUrl('datasource db {\n url = "postgresql://here"\n}', {}), "postgresql://here");
});

test("the client may overwrite the URL, in JSON or base64", () => {
  const overwrite = JSON.stringify([{ name: "client", url: "postgresql://other" }]);

  for (const text of [overwrite, Buffer.from(overwrite).toString("base64")]) {
    const url = queryEngineUrl(schemaText, { ...environment, OVERWRITE_DATASOURCES: text });
    assert.equal(url, "postgresql://other");
  }
});

test("only the schema engine goes around the pooler", () => {
  assert.equal(queryEngineUrl(withDirectUrl, environment), "postgresql://pooled");
  assert.equal(schemaEngineUrl(withDirectUrl, environment), "postgresql://direct");
  assert.equal(schemaEngineUrl(schemaText, environment), "postgresql://pooled");
});

test("a missing URL names its variable", () => {
  const message = "error: Environment variable not found: DATABASE_URL.";

  assert.throws(() => queryEngineUrl(schemaText, {}), { message });
  assert.throws(() => schemaEngineUrl(schemaText, {}), { message, errorCode: "P1012" });
});
