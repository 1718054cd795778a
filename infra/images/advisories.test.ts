import { expect, test } from "vitest";
import { compareReleases, judgeRelease } from "./advisories.ts";
import { catalog, litellmRelease } from "./catalog.ts";

test.each(["1.82.7", "1.82.8", "1.107.0", "1.83.6", "1.40.0"])("LiteLLM %s is denied", (release) => {
  expect(judgeRelease(release).denied).not.toEqual([]);
});

test.each(Object.values(litellmRelease))("the catalogue's LiteLLM %s is not", (release) => {
  expect(judgeRelease(release).denied).toEqual([]);
});

test("releases are compared by number, not by letter", () => {
  expect(compareReleases("1.9.0", "1.83.7")).toBeLessThan(0);
  expect(compareReleases("v1.83.10", "1.83.7")).toBeGreaterThan(0);
  expect(compareReleases("1.84.0-rc.1", "1.84.0")).toBe(0);
  expect(compareReleases("20.10.24+dfsg1", "20.10.0")).toBeGreaterThan(0);
});

test("no tag of the catalogue moves", () => {
  for (const { tag } of Object.values(catalog)) {
    expect(tag).toMatch(/\d+\.\d+(\.\d+)?/);
    expect(tag).not.toMatch(/latest|stable|main/);
  }
});
