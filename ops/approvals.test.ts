import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Approval } from "./approvals/approval.ts";
import { ApprovalsClient } from "./approvals/client.ts";
import { readEvents } from "./approvals/events.ts";
import { change, details, printable, span, table } from "./approvals/text.ts";

const approval: Approval = {
  id: "apr_0123456789abcdefghijkl",
  status: "pending",
  key_hash: "c".repeat(64),
  key_alias: "alice-app",
  user_id: "alice",
  team_id: null,
  model: "gpt-4o",
  route: "/v1/chat/completions",
  estimate_usd: 7.5,
  reasons: ["the estimate of $7.50 is above $5.00"],
  preview: "Write\na report",
  created: 1_000,
  expires: 4_600,
  decided_by: null,
  decided_at: null,
  decision_reason: null,
  used_at: null,
};

let answer: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) => answer(request, response));
let client: ApprovalsClient;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new ApprovalsClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, "sk-key");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const json = (status: number, body: object) => (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
beforeEach(() => {
  answer = json(500, {});
});

test("a table lists what waits, in columns", () => {
  const denied: Approval = {
    ...approval,
    status: "denied",
    key_alias: null,
    user_id: null,
    estimate_usd: null,
  };
  expect(table([approval, denied], 1_060)).toBe(
    `id                          status   requester     model   estimate  asked      expires
apr_0123456789abcdefghijkl  pending  alice-app     gpt-4o  $7.50     1 min ago  in 59 min
apr_0123456789abcdefghijkl  denied   key cccccccc  gpt-4o  unknown   1 min ago  in 59 min
`,
  );
});

test("details leave out what is unknown, and show the prompt line by line", () => {
  const text = details({
    ...approval,
    status: "denied",
    decided_by: "bob",
    decision_reason: "no",
    decided_at: 2_000,
  });
  expect(text).toContain("estimate    $7.50\n");
  expect(text).toContain("asked       1970-01-01T00:16:40Z\n");
  expect(text).toContain("decided by  bob\n");
  expect(text).not.toContain("team");
  expect(text).not.toContain("used at");
  expect(text.endsWith("\n  Write\n  a report\n")).toBe(true);
});

test("what a client wrote can't reach the terminal's controls", () => {
  const hostile = "\u001b[2J\u001b]0;owned\u0007\u202Eevil\r\nnext";
  const shown = `${table([{ ...approval, model: hostile }], 0)}${change({ ...approval, key_alias: hostile })}`;
  expect(printable(hostile)).toBe("\uFFFD[2J\uFFFD]0;owned\uFFFD\uFFFDevil\uFFFD next");
  expect(`${shown}${details({ ...approval, preview: hostile })}`).not.toMatch(/[^\P{C}\n]/u);
});

test.each([
  [-5, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [7_199, "1 h"],
  [200_000, "2 d"],
])("%d seconds read as %s", (seconds, text) => {
  expect(span(seconds)).toBe(text);
});

test("the key travels as a header, and a decision as JSON", async () => {
  const seen: string[] = [];
  answer = (request, response) => {
    request.on("data", (part: Buffer) => seen.push(part.toString()));
    request.on("end", () => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      json(200, { ...approval, status: "approved" })(request, response);
    });
  };

  expect((await client.decide("approve", "apr_/x", "fine")).status).toBe("approved");
  expect(seen).toEqual(['{"reason":"fine"}', "POST /api/approvals/apr_%2Fx/approve Bearer sk-key"]);
});

test("a refusal says what is wrong and what to do, never the key", async () => {
  answer = json(403, { error: { code: "own_request", message: "you asked for this one yourself" } });
  await expect(client.decide("deny", "apr_x", "no")).rejects.toThrow(
    "you asked for this one yourself\n  fix: ask another approver",
  );
  answer = (_, response) => response.writeHead(502).end("<html>");
  await expect(client.list()).rejects.toThrow(/answers 502/);
  answer = (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/steal" }).end();
  await expect(client.list()).rejects.toThrow(/does not answer \(unexpected redirect\)/);
  await expect(new ApprovalsClient("http://127.0.0.1:2", "sk-key").list()).rejects.toThrow(
    /^the approvals service at http:\/\/127\.0\.0\.1:2 does not answer \(ECONNREFUSED\)/,
  );
});

test("a watch gives each change and ends with the service's word", async () => {
  answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`event: pending\ndata: ${JSON.stringify(approval)}\n\n: still here\n\nevent: en`);
    response.end('d\ndata: {"message":"50 watch already"}\n\n');
  };
  const seen: Approval[] = [];
  const watching = (async () => {
    for await (const one of client.watch(new AbortController().signal)) seen.push(one);
  })();

  await expect(watching).rejects.toThrow(/50 watch already/);
  expect(seen).toEqual([approval]);
});

test("events are read whole however they are cut", async () => {
  const text = new TextEncoder().encode("event: a\ndata: 1 é\n\n: x\n\ndata: 2\n\nevent: half");
  const bytes = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of text) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(bytes)) events.push(event);
  expect(events).toEqual([
    { event: "a", data: "1 é" },
    { event: "message", data: "2" },
  ]);
});
