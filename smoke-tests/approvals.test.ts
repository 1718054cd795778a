import { afterAll, beforeAll, expect, test } from "vitest";
import { linesOf } from "./audit-log.ts";
import { call, chatBody, fresh, lookAt, stack } from "./gateway.ts";
import { temporaryKey } from "./keys.ts";

const address = stack.urls.approvals;
const approving = test.skipIf(address === null || stack.safety === null);

// A key whose every request has to be approved: the whole way, at the price of one short answer.
let key: Awaited<ReturnType<typeof temporaryKey>>;
beforeAll(async () => {
  key = await temporaryKey({ cerberus_require_approval: true });
});
afterAll(() => key?.remove());

const decide = (id: string, verb: string, as: string): Promise<Response> =>
  fetch(`${address}/api/approvals/${id}/${verb}`, {
    method: "POST",
    headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
    body: JSON.stringify({ reason: "smoke test of the approval gate" }),
  });

const ask = (body: object, approvalId?: string): Promise<Response> =>
  call("/v1/chat/completions", {
    key: key.key,
    body,
    ...(approvalId === undefined ? {} : { headers: { "x-cerberus-approval-id": approvalId } }),
  });

async function pending(body: object): Promise<string> {
  const response = await ask(body);
  const { error } = (await response.json()) as { error: { code: string; approval_id: string } };
  expect([response.status, error.code], lookAt("litellm-1")).toEqual([403, "approval_required"]);
  return error.approval_id;
}

approving("an approved request passes once, and only that request", async () => {
  const body = chatBody(fresh("smoke approval"));
  const id = await pending(body);
  const own = await decide(id, "approve", key.key);
  expect(own.status, "whoever asked could approve").toBe(403);
  const approved = await decide(id, "approve", stack.masterKey);
  expect(approved.status, `${await approved.text()} (${lookAt("approvals")})`).toBe(200);
  const other = await ask(chatBody(fresh("another request")), id);
  expect(other.status, "the approval of one request let another pass").toBe(403);
  const passed = await ask(body, id);
  expect(passed.status, await passed.clone().text()).toBe(200);
  const again = await ask(body, id);
  expect(again.status, "an approval counted twice").toBe(403);
  if (stack.auditLog !== null) {
    const [line] = await linesOf(passed.headers.get("x-litellm-call-id"));
    expect(line, lookAt("audit")).toMatchObject({ data: { approval_id: id, status: 200 } });
  }
});

approving("a denied request does not pass", async () => {
  const body = chatBody(fresh("smoke denial"));
  const id = await pending(body);
  expect((await decide(id, "deny", stack.masterKey)).status, lookAt("approvals")).toBe(200);
  const refused = await ask(body, id);
  expect(refused.status).toBe(403);
  expect(((await refused.json()) as { error: { code: string } }).error.code).toBe("approval_denied");
});
