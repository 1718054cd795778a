import { readFileSync } from "node:fs";
import type { Comment, Discussion } from "./discussion.ts";
import { type Api, ask } from "./http.ts";

/** The pull request that this GitHub Actions job runs for; `undefined` when it runs for none, or has no token. */
export function githubDiscussion(env: NodeJS.ProcessEnv): Discussion | undefined {
  const { GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token } = env;
  const number = pullRequest(env);
  if (!repository || !token || number === undefined) return undefined;
  const api: Api = {
    service: "GitHub",
    url: env["GITHUB_API_URL"] || "https://api.github.com",
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
    },
    forbiddenFix:
      "give the job `permissions: pull-requests: write`; for a pull request from a fork GitHub allows reading only",
  };
  const comments = `/repos/${repository}/issues/${number}/comments`;
  return {
    name: `pull request ${number} of ${repository}`,
    longest: 65_000,
    list: (page) => ask<Comment[]>(api, "GET", `${comments}?per_page=100&page=${page}`),
    create: async (body) => void (await ask(api, "POST", comments, { body })),
    update: async (id, body) =>
      void (await ask(api, "PATCH", `/repos/${repository}/issues/comments/${id}`, { body })),
  };
}

/** From the event that started the job. */
function pullRequest(env: NodeJS.ProcessEnv): number | undefined {
  const file = env["GITHUB_EVENT_PATH"];
  if (!file) return undefined;
  const event = JSON.parse(readFileSync(file, "utf8")) as { pull_request?: { number?: number } };
  return event.pull_request?.number;
}
