import { createHash } from "node:crypto";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApprovalsClient } from "../../ops/approvals/client.ts";
import { projectRoot } from "../../ops/paths.ts";
import { openChromium } from "./approvals/chromium.ts";
import { type Asked, Stand } from "./approvals/stand.ts";

let stand: Stand;
let browser: Browser;
beforeAll(async () => {
  stand = await Stand.start();
  browser = await openChromium();
});
afterAll(async () => {
  await browser?.close();
  await stand?.stop();
});

const request = (text: string, changes: Partial<Asked> = {}): Asked => ({
  key_hash: createHash("sha256").update("sk-alice-app").digest("hex"),
  key_alias: "alice-app",
  user_id: "alice",
  team_id: "research",
  model: "gpt-4o",
  route: "/v1/chat/completions",
  body: { model: "gpt-4o", messages: [{ role: "user", content: text }] },
  estimate_usd: 7.42,
  reasons: ["the estimate of $7.42 is above $5.00"],
  approval_id: null,
  preview: text,
  ...changes,
});

/** A page of its own, on which any script that runs, any dialog and any foreign request is kept. */
async function visit(context: BrowserContext): Promise<{ page: Page; trouble: string[] }> {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const trouble: string[] = [];
  page.on("dialog", (dialog) => {
    trouble.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => trouble.push(`script ${error.message}`));
  page.on("request", (sent) => {
    if (!sent.url().startsWith(stand.url)) trouble.push(`request ${sent.url()}`);
  });
  return { page, trouble };
}

async function logIn(page: Page, key: string): Promise<void> {
  await page.goto(stand.url);
  await page.getByLabel("Approver key").fill(key);
  await page.getByRole("button", { name: "Log in" }).click();
}

const hostile = `</pre><script>document.title = "owned"</script><img src=x onerror="alert(1)"><svg onload="alert(2)"></svg>`;

test.each([
  { scripts: true, name: "with JavaScript allowed" },
  { scripts: false, name: "without JavaScript" },
])(
  "an approver logs in, reads, approves with a reason, and the request passes once, $name",
  async ({ scripts }) => {
    const asked = request(`Summarise these 400 pages ${scripts}`);
    const { approval_id: id, code } = await stand.ask(asked);
    expect(code).toBe("approval_required");
    await using context = await browser.newContext({ javaScriptEnabled: scripts });
    const { page, trouble } = await visit(context);

    await logIn(page, "sk-nobody");
    expect(await page.getByRole("alert").textContent()).toContain("LiteLLM does not accept this key.");
    await logIn(page, "sk-alice-app");
    expect(await page.getByRole("alert").textContent()).toContain("not an approver's");
    await logIn(page, "sk-bob-approver");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Pending approvals");
    await page.locator(`a[href="/approvals/${id}"]`).click();
    expect(await page.locator("pre").textContent()).toBe(asked.preview);
    expect(await page.locator(".amount").textContent()).toBe("$7.42");

    await page.getByRole("button", { name: "Approve once" }).click();
    expect(await page.locator(".badge.large").textContent(), "a reason is required").toBe("pending");
    await page.getByLabel("Reason").fill("needed for the quarterly report");
    await page.getByRole("button", { name: "Approve once" }).click();
    await page.locator(".badge.large.approved").waitFor();
    expect(await page.getByText("needed for the quarterly report").count()).toBe(1);

    expect(await stand.ask({ ...asked, approval_id: id })).toEqual({ code: "passed" });
    expect(await stand.ask({ ...asked, approval_id: id })).toMatchObject({
      code: "approval_invalid",
      reason: "used",
    });
    expect(trouble).toEqual([]);
  },
);

test("a denial needs a reason and reaches the client with it", async () => {
  const asked = request("Translate all of it");
  const { approval_id: id } = await stand.ask(asked);
  await using context = await browser.newContext();
  const { page } = await visit(context);
  await logIn(page, "sk-bob-approver");
  await page.goto(`${stand.url}/approvals/${id}`);

  await page.getByLabel("Reason").fill("use the small model");
  await page.getByRole("button", { name: "Deny" }).click();
  await page.locator(".badge.large.denied").waitFor();
  expect(await stand.audited(id)).toMatchObject([
    {
      event_type: "approval_denied",
      data: { decided_by: "bob", decision_reason: "use the small model", requester_key_alias: "alice-app" },
    },
  ]);

  expect(await stand.ask({ ...asked, approval_id: id })).toMatchObject({
    code: "approval_denied",
    reason: "use the small model",
  });
});

test("what a client wrote is shown and never runs", async () => {
  const asked = request(hostile, {
    key_alias: hostile,
    team_id: hostile,
    model: hostile,
    reasons: [hostile],
  });
  const { approval_id: id } = await stand.ask(asked);
  await using context = await browser.newContext();
  const { page, trouble } = await visit(context);

  await logIn(page, "sk-bob-approver");
  await page.locator(`a[href="/approvals/${id}"]`).click();

  expect(await page.locator("pre").textContent()).toBe(hostile);
  expect(await page.title()).not.toBe("owned");
  expect(await page.locator("script, svg, img:not([src='/icon.svg'])").count()).toBe(0);
  expect(trouble).toEqual([]);
});

test("four eyes: another key of the requester sees the request and has no way to decide it", async () => {
  const { approval_id: id } = await stand.ask(request("Four eyes"));
  await using context = await browser.newContext();
  const { page } = await visit(context);

  await logIn(page, "sk-alice-approver");
  await page.goto(`${stand.url}/approvals/${id}`);

  expect(await page.locator(".notice").textContent()).toContain("another person has to decide");
  expect(await page.getByRole("button", { name: /Approve|Deny/ }).count()).toBe(0);
  const own = new ApprovalsClient(stand.url, "sk-alice-approver");
  await expect(own.decide("approve", id, "mine")).rejects.toThrow(/you asked for this one yourself/);
});

test("the command line lists, shows, decides and watches with the master key", async () => {
  const client = new ApprovalsClient(stand.url, "sk-master-of-the-test-0123456789");
  const stop = new AbortController();
  const changes = client.watch(stop.signal);
  const { approval_id: id } = await stand.ask(request("From the shell"));
  const next = async (status: string) => {
    for await (const change of changes) if (change.id === id && change.status === status) return change;
    return undefined;
  };

  expect((await client.list("pending")).map((one) => one.id)).toContain(id);
  expect((await client.show(id)).preview).toBe("From the shell");
  const pending = changes.next();
  await client.decide("deny", id, "no");
  expect((await pending).done).toBe(false);
  expect((await next("denied"))?.decided_by).toBe("master key");
  await expect(client.decide("approve", id, "yes")).rejects.toThrow(
    /it is denied already by master key\n {2}fix:/,
  );
  await expect(new ApprovalsClient(stand.url, "sk-x").list()).rejects.toThrow(/does not accept this key/);
  stop.abort();
});

test("approvals survive a crash of Redis, and nothing passes while it is away", async () => {
  const client = new ApprovalsClient(stand.url, "sk-bob-approver");
  const [waiting, granted, spent] = [request("Waiting"), request("Granted"), request("Spent")];
  const ids = [];
  for (const asked of [waiting, granted, spent]) ids.push((await stand.ask(asked)).approval_id);
  const [waits = "", may = "", gone = ""] = ids;
  await client.decide("approve", may, "yes");
  await client.decide("approve", gone, "yes");
  expect(await stand.ask({ ...spent, approval_id: gone })).toEqual({ code: "passed" });

  await stand.stopRedis();
  expect(await stand.ask({ ...granted, approval_id: may })).toMatchObject({ code: "approvals_unavailable" });
  await expect(client.list()).rejects.toThrow(/does not answer/);
  await stand.startRedis();

  expect((await client.show(waits)).status).toBe("pending");
  expect(await stand.ask({ ...granted, approval_id: may })).toEqual({ code: "passed" });
  await stand.crashRedis();
  expect(await stand.ask({ ...granted, approval_id: may })).toMatchObject({ reason: "used" });
  expect(await stand.ask({ ...spent, approval_id: gone })).toMatchObject({ reason: "used" });
  expect(await stand.logs()).not.toMatch(/sk-|Traceback/);
});

test("the page looks as the documentation shows it", async () => {
  const { approval_id: id } = await stand.ask(
    request(
      "You are a research assistant. Read the 412 attached patent claims and write a landscape report of at least 40 pages:\n\n" +
        "1. Cluster the claims by technique and by assignee.\n2. For each cluster, name the three broadest independent claims and quote them.\n" +
        "3. Compare filing dates with the publications of [EMAIL] and [PERSON].\n4. List gaps that nobody claims yet.\n\n" +
        "Write in formal English, with a table per cluster and an executive summary of two pages.",
      {
        estimate_usd: 12.38,
        reasons: ["the estimate of $12.38 is above $5.00", "team research asks for every use of gpt-4o"],
      },
    ),
  );
  await stand.ask(
    request("Nightly evaluation", {
      key_alias: "eval-runner",
      team_id: "quality",
      model: "claude-opus",
      estimate_usd: 6.1,
      reasons: ["the estimate of $6.10 is above $5.00"],
    }),
  );
  await using context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    deviceScaleFactor: 2,
  });
  const { page } = await visit(context);
  await logIn(page, "sk-bob-approver");
  await page.goto(`${stand.url}/approvals/${id}`);
  expect(await page.locator(".amount").textContent()).toBe("$12.38");
  const overflow = () =>
    page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

  expect(await overflow(), "nothing sticks out on a desk").toBe(0);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(), "nothing sticks out on a phone").toBe(0);
  if (process.env["CERBERUS_WRITE_DOCS"] !== "1") return;
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.screenshot({ path: `${projectRoot}/docs/images/approvals.png` });
});

test("without the audit log no decision is made, whatever requests do then", async () => {
  const client = new ApprovalsClient(stand.url, "sk-bob-approver");
  const { approval_id: id } = await stand.ask(request("Unrecorded"));
  await stand.stopAudit();

  await expect(client.decide("approve", id, "yes")).rejects.toThrow(/the audit log can't take the decision/);
  expect((await client.show(id)).status).toBe("pending");
});
