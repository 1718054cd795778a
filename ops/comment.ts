import type { Command } from "commander";
import { UserError } from "../infra/settings/errors.ts";
import { type Discussion, postOnce } from "./comment/discussion.ts";
import { githubDiscussion } from "./comment/github.ts";
import { gitlabDiscussion } from "./comment/gitlab.ts";
import { readNamedFile } from "./files.ts";

/** The pull or merge request that this CI job runs for, by the variables that GitHub and GitLab set. */
export const currentDiscussion = (env: NodeJS.ProcessEnv): Discussion | undefined =>
  githubDiscussion(env) ?? gitlabDiscussion(env);

export function registerComment(program: Command): void {
  program
    .command("comment")
    .description(
      "post a Markdown file under the pull or merge request this CI job runs for; the comment with the same first line is edited",
    )
    .requiredOption("--file <file>", "Markdown whose first line is an HTML comment that names it")
    .action(async ({ file }: { file: string }) => {
      const text = readNamedFile(file);
      if (!/^<!-- \S.* -->\n/.test(text)) {
        throw new UserError(
          `${file} does not start with a line such as <!-- cerberus-preview:dev -->, by which its comment is found again`,
          "write it with: npm run preview -- --stack <name> --markdown <file>",
        );
      }
      const discussion = currentDiscussion(process.env);
      if (!discussion) {
        throw new UserError(
          "this is no CI job of a pull or merge request, or it has no token",
          "GitHub: on pull_request, with GITHUB_TOKEN in env; GitLab: a merge request pipeline, with GITLAB_TOKEN",
        );
      }
      process.stdout.write(`comment ${await postOnce(discussion, text)} on ${discussion.name}\n`);
    });
}
