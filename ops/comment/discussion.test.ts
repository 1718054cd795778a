import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeForge } from "../../tests/forge/fake-forge.ts";
import { currentDiscussion } from "../comment.ts";
import { type Discussion, postOnce, shorten } from "./discussion.ts";

const token = "canary-token";
const event = `${mkdtempSync(`${tmpdir()}/cerberus-event-`)}/event.json`;
writeFileSync(event, JSON.stringify({ pull_request: { number: 7 } }));

const forges = [
  {
    name: "GitHub",
    credential: ["authorization", `Bearer ${token}`],
    env: (url: string) => ({
      GITHUB_API_URL: url,
      GITHUB_REPOSITORY: "acme/gateway",
      GITHUB_EVENT_PATH: event,
      GITHUB_TOKEN: token,
    }),
    made: "POST /repos/acme/gateway/issues/7/comments",
    edited: "PATCH /repos/acme/gateway/issues/comments/4",
    fix: "pull-requests: write",
  },
  {
    name: "GitLab",
    credential: ["private-token", token],
    env: (url: string) => ({
      CI_API_V4_URL: url,
      CI_PROJECT_ID: "42",
      CI_MERGE_REQUEST_IID: "7",
      GITLAB_TOKEN: token,
    }),
    made: "POST /projects/42/merge_requests/7/notes",
    edited: "PUT /projects/42/merge_requests/7/notes/4",
    fix: "project access token with the scope api",
  },
] as const;

describe.each(forges)("$name", ({ credential, env, made, edited, fix }) => {
  let forge: FakeForge;
  let discussion: Discussion;
  beforeEach(async () => {
    forge = await FakeForge.start(credential);
    const found = currentDiscussion(env(forge.url));
    if (!found) throw new Error("no discussion found");
    discussion = found;
  });
  afterEach(() => forge.stop());

  test("the first preview makes a comment, the next edits it, among many others", async () => {
    for (const body of ["a", "b <!-- cerberus-preview:dev -->", "<!-- cerberus-preview:prod -->\nother"])
      forge.comments.push({ id: forge.comments.length + 1, body });
    expect(await postOnce(discussion, "<!-- cerberus-preview:dev -->\none")).toBe("created");
    expect(forge.requests.at(-1)).toBe(made);
    // Forges may store another line end.
    forge.comments[3] = { id: 4, body: "<!-- cerberus-preview:dev -->\r\none" };
    expect(await postOnce(discussion, "<!-- cerberus-preview:dev -->\ntwo")).toBe("updated");
    expect(forge.requests.at(-1)).toBe(edited);
    expect(forge.comments.map(({ body }) => body)).toEqual([
      ...["a", "b <!-- cerberus-preview:dev -->", "<!-- cerberus-preview:prod -->\nother"],
      "<!-- cerberus-preview:dev -->\ntwo",
    ]);
  });

  test("a token that may not comment is said with its fix, and never shown", async () => {
    forge.refuseWith = 403;
    const error = await postOnce(discussion, "<!-- x -->\n").catch((reason: unknown) => String(reason));
    expect(error).toContain("answered 403");
    expect(error).toContain(fix);
    expect(error).not.toContain(token);
  });

  test("a forge that does not answer is said", async () => {
    const gone = currentDiscussion(env("http://127.0.0.1:1"));
    await expect(gone?.list(1)).rejects.toThrow(/does not answer at http:\/\/127\.0\.0\.1:1/);
  });
});

test.each([
  { name: "outside CI", env: {} },
  { name: "on a push", env: { ...forges[0].env(""), GITHUB_EVENT_PATH: undefined } },
  { name: "without a token", env: { ...forges[0].env(""), GITHUB_TOKEN: "" } },
  { name: "in a branch pipeline", env: { ...forges[1].env("u"), CI_MERGE_REQUEST_IID: undefined } },
])("there is nowhere to comment $name", ({ env }) => {
  expect(currentDiscussion(env)).toBeUndefined();
});

test("a text that is too long is cut at a line, its blocks closed", () => {
  const rows = Array.from({ length: 100 }, (_, i) => `row ${i}`);
  const text = ["<!-- m -->", "<details>", "", "```", ...rows, "```", "</details>"].join("\n");
  expect(shorten(text, 10_000)).toBe(text);
  const cut = shorten(text, 400);
  expect(cut.length).toBeLessThanOrEqual(400);
  expect(cut).toMatch(
    /^<!-- m -->\n<details>\n\n```\nrow 0\n[\s\S]*\nrow \d+\n```\n<\/details>\n\n\*\*Cut here/,
  );
});
