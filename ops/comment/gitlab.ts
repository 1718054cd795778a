import type { Comment, Discussion } from "./discussion.ts";
import { type Api, ask } from "./http.ts";

/** The merge request that this GitLab job runs for; `undefined` when it runs for none, or has no token. */
export function gitlabDiscussion(env: NodeJS.ProcessEnv): Discussion | undefined {
  const { CI_API_V4_URL: url, CI_PROJECT_ID: project, CI_MERGE_REQUEST_IID: iid, GITLAB_TOKEN: token } = env;
  if (!url || !project || !iid || !token) return undefined;
  const api: Api = {
    service: "GitLab",
    url,
    headers: { "private-token": token },
    forbiddenFix:
      "GITLAB_TOKEN must be a project access token with the scope api (CI_JOB_TOKEN may not write notes)",
  };
  const notes = `/projects/${encodeURIComponent(project)}/merge_requests/${iid}/notes`;
  return {
    name: `merge request ${iid} of project ${project}`,
    longest: 900_000,
    list: (page) => ask<Comment[]>(api, "GET", `${notes}?per_page=100&page=${page}`),
    create: async (body) => void (await ask(api, "POST", notes, { body })),
    update: async (id, body) => void (await ask(api, "PUT", `${notes}/${id}`, { body })),
  };
}
