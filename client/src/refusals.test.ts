import { describe, expect, test } from "vitest";
import { ApprovalRequiredError } from "./errors.ts";
import { refusalOf, retryAfter } from "./refusals.ts";

const own = (code: string, more: object = {}) =>
  JSON.stringify({ error: { type: "cerberus_refusal", code, message: "said", param: null, ...more } });
/** As LiteLLM wraps what a guardrail raised. */
const wrapped = (code: string) =>
  JSON.stringify({
    error: {
      message: "said",
      type: "None",
      param: "None",
      code: "400",
      provider_specific_fields: { code, message: "said" },
    },
  });

describe("what an answer means", () => {
  test.each([
    [400, own("content_blocked"), "content-blocked"],
    [400, wrapped("content_blocked"), "content-blocked"],
    [400, own("token_limit_exceeded"), "limit"],
    [400, own("cost_limit_exceeded"), "limit"],
    [400, own("invalid_request"), "invalid-request"],
    [403, own("model_not_allowed"), "permission"],
    [403, own("approval_denied"), "approval-refused"],
    [503, own("audit_unavailable"), "unavailable"],
    [429, own("budget_exceeded"), "budget"],
    [429, wrapped("budget_exceeded"), "budget"],
    [503, own("budget_unavailable"), "unavailable"],
    [401, '{"error":{"message":"x","type":"auth_error","code":"401"}}', "authentication"],
    [429, '{"error":{"message":"x","type":"budget_exceeded","code":"429"}}', "budget"],
    [429, '{"error":{"message":"x","type":"throttling_error","code":"429"}}', "rate-limit"],
    [403, '{"error":{"message":"x","type":"key_model_access_denied","code":"403"}}', "permission"],
    [500, '{"detail":"broken"}', "provider"],
    [503, "<html><body>503 Service Unavailable</body></html>", "unavailable"],
    [502, "", "unavailable"],
    [404, "[]", "not-found"],
    [418, "7", "invalid-request"],
    [302, "", "protocol"],
    [0, "", "protocol"],
  ])("%i %s is %s", (status, body, kind) => {
    const error = refusalOf(status, new Headers({ "x-litellm-call-id": "call-1" }), body);
    expect(error).toMatchObject({ kind, status, requestId: "call-1" });
    expect(error.advice).not.toBe("");
  });

  test("an approval that is needed carries all that is needed to get it", () => {
    const body = own("approval_required", {
      approval_id: "apr_1",
      estimate_usd: 7.5,
      expires_at: "2026-11-25T11:00:00Z",
    });
    // This machine's clock does not count.
    const error = refusalOf(403, new Headers({ date: "Wed, 25 Nov 2026 10:00:00 GMT" }), body);
    expect(error).toBeInstanceOf(ApprovalRequiredError);
    expect(error).toMatchObject({
      approvalId: "apr_1",
      estimateUsd: 7.5,
      expiresAt: new Date("2026-11-25T11:00:00Z"),
      expiresInSeconds: 3600,
    });
  });
});

test.each([
  ["5", 5],
  ["0", 0],
  ["Wed, 25 Nov 2026 10:00:30 GMT", 30],
  ["Wed, 25 Nov 2026 09:00:00 GMT", 0],
  ["soon", undefined],
  [null, undefined],
])("retry-after %s is %s seconds", (header, seconds) => {
  expect(retryAfter(header, Date.parse("2026-11-25T10:00:00Z"))).toBe(seconds);
});
