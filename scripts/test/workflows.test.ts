import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { projectRoot } from "../../ops/paths.ts";
import { checks } from "./checks.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly "timeout-minutes"?: number;
  readonly permissions?: object;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly concurrency?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const text = (file: string): string => readFileSync(`${projectRoot}/${file}`, "utf8");
const scripts = Object.keys((JSON.parse(text("package.json")) as { scripts: object }).scripts);

function read(file: string): unknown {
  const document = parseDocument(text(file), { merge: true });
  expect(document.errors, file).toEqual([]);
  return document.toJS();
}

const folder = ".github/workflows";
const workflows = readdirSync(`${projectRoot}/${folder}`).map((name) => ({
  name,
  workflow: read(`${folder}/${name}`) as Workflow,
}));
const gitlab = read("config-templates/ci/gitlab-ci.yml") as Record<
  string,
  { script?: string[]; before_script?: string[]; timeout?: string }
>;
const gitlabJobs = Object.entries(gitlab).filter(([, job]) => job.script !== undefined);

const commandLines = [
  ...workflows.flatMap(({ name, workflow }) =>
    Object.values(workflow.jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => (run === undefined ? [] : [{ name, run }])),
    ),
  ),
  ...gitlabJobs.flatMap(([, { script = [], before_script: before = [] }]) =>
    [...script, ...before].map((run) => ({ name: "gitlab-ci.yml", run })),
  ),
];

/** What is wrong with a line that may only call a command of this repository; `undefined` when nothing is. */
function problemOf(run: string): string | undefined {
  // A variable in quotes is all the shell there may be.
  const words = run
    .trim()
    .replaceAll(/"\$?[\w.$-]+"/g, "value")
    .split(/\s+/);
  if (!words.every((word) => /^[\w./:-]+$/.test(word))) return "has logic of its own";
  const [command, ...args] = words;
  if (command === "npm") {
    if (args[0] === "ci") return undefined;
    const script = args.find((arg) => arg !== "run" && arg !== "--silent");
    return args[0] === "run" && scripts.includes(script ?? "") ? undefined : `no npm script ${script}`;
  }
  if (command === "./test.sh") {
    const unknown = args.find((arg) => !checks.some(({ name }) => name === arg));
    return unknown && `test.sh knows no check ${unknown}`;
  }
  return command === ".ci/run" ? undefined : `calls ${command}`;
}

test("there are lines to check, in every file", () => {
  const files = new Set(commandLines.map(({ name }) => name));
  expect([...files].sort()).toEqual(["ci.yml", "deploy.yml", "drift.yml", "gitlab-ci.yml", "preview.yml"]);
});

test.each(commandLines)("$name: $run calls a command that exists, and nothing else", ({ run }) => {
  expect(problemOf(run)).toBeUndefined();
});

test.each([
  ["npm run --silent prevew -- --stack dev", "no npm script prevew"],
  ["npm run preview -- --stack dev || true", "has logic of its own"],
  ['echo "$STACK"', "calls echo"],
  ["./test.sh formt", "test.sh knows no check formt"],
])("the check itself refuses %s", (run, says) => {
  expect(problemOf(run)).toBe(says);
});

test.each(workflows)("$name: least permissions, time limits, one run at a time", ({ workflow }) => {
  expect(workflow.permissions).toEqual({ contents: "read" });
  expect(workflow.concurrency).toBeDefined();
  // It would hand secrets to code from forks.
  expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
  for (const job of Object.values(workflow.jobs)) {
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
    expect(
      Object.keys(job.permissions ?? {}).filter((key) => !["contents", "pull-requests"].includes(key)),
    ).toEqual([]);
  }
});

test.each(workflows)("$name: every action is pinned to a commit, with its version beside it", ({ name }) => {
  for (const [line] of text(`${folder}/${name}`).matchAll(/uses: .*/g))
    expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each(gitlabJobs)("gitlab-ci.yml: %s has a time limit", (_, job) => {
  expect(job.timeout).toMatch(/^\d+ minutes$/);
});

test("both pin the Pulumi that set-up brings", () => {
  const [pinned] = /pinnedPulumi = "(.*)"/.exec(text("scripts/setup/pulumi-cli.ts"))?.slice(1) ?? [];
  const said = [
    ...workflows.map(({ name }) => text(`${folder}/${name}`)),
    text("config-templates/ci/gitlab-ci.yml"),
  ]
    .flatMap((file) => [...file.matchAll(/(?:pulumi-version: |pulumi-nodejs:)(\S+)/g)])
    .map(([, version]) => version);
  expect(said.length).toBeGreaterThan(3);
  expect(new Set(said)).toEqual(new Set([pinned]));
});
