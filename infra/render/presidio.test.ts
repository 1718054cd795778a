import { expect, test } from "vitest";
import { GuardrailDefinition } from "../settings/schema/definitions/guardrail.ts";
import { guardrailRow } from "./guardrails.ts";

const rowOf = (given: object) =>
  guardrailRow(
    GuardrailDefinition.parse({ name: "pii", type: "presidio", entities: { CREDIT_CARD: "MASK" }, ...given }),
  )["litellm_params"];

test("presidio is the stack's own unless its addresses are given", () => {
  expect(rowOf({})).toMatchObject({
    guardrail: "presidio",
    mode: "pre_call",
    presidio_analyzer_api_base: "http://presidio-analyzer:3000",
    presidio_anonymizer_api_base: "http://presidio-anonymizer:3000",
    pii_entities_config: { CREDIT_CARD: "MASK" },
    timeout: 30,
  });
  expect(rowOf({ analyzerUrl: "http://a:1", anonymizerUrl: "http://b:2" })).toMatchObject({
    presidio_analyzer_api_base: "http://a:1",
    presidio_anonymizer_api_base: "http://b:2",
  });
});

test.each([
  ["pre_call", "input"],
  ["logging_only", "input"],
  [["pre_call", "post_call"], "both"],
])("in %j it looks at the %s", (mode, scope) => {
  expect(rowOf({ mode })).toMatchObject({ mode, presidio_filter_scope: scope });
});
