import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseDefinitions } from "../infra/settings/definitions-file.ts";
import { GatewayDefinition } from "../infra/settings/schema/definitions/gateway.ts";
import { projectRoot } from "./paths.ts";
import { gatewaySchema, schemaFile } from "./schema.ts";

test("the published JSON Schema is today's (npm run schema)", () => {
  expect(readFileSync(`${projectRoot}/${schemaFile}`, "utf8")).toBe(gatewaySchema());
});

test("the example in YAML is whole, and its editor header names the schema", () => {
  const text = readFileSync(`${projectRoot}/config-templates/gateway.example.yaml`, "utf8");
  expect(GatewayDefinition.safeParse(parseDefinitions(text, "gateway.yaml").value).error).toBeUndefined();
  expect(text.split("\n")[0]).toContain(schemaFile);
});
