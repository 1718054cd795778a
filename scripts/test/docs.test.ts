import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../ops/paths.ts";

const pages = globSync(["*.md", "docs/**/*.md", "client/*.md", "examples/*.md"], { cwd: projectRoot });
const text = (page: string): string => readFileSync(`${projectRoot}/${page}`, "utf8");

test("every command that the documentation names is there", () => {
  const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
  const named = pages.flatMap((page) =>
    [...text(page).matchAll(/npm run (?:--silent )?([a-z:-]+(?: \\\| [a-z]+:[a-z]+)*)/g)].flatMap(
      ([, names = ""]) => names.split(" \\| ").map((name) => `${page}: ${name}`),
    ),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((name) => !(name.slice(name.indexOf(": ") + 2) in scripts))).toEqual([]);
});

test("every page that the documentation points to is there", () => {
  const links = pages.flatMap((page) =>
    [...text(page).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, to = ""]) => ({ page, to })),
  );
  expect(links.length).toBeGreaterThan(20);
  const missing = links.filter(({ page, to }) => !existsSync(resolve(projectRoot, dirname(page), to)));
  expect(missing).toEqual([]);
});
