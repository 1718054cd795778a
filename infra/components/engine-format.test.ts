import { expect, test } from "vitest";
import { cpuCount, goDuration } from "./engine-format.ts";

test.each([
  [5, "5s"],
  [60, "1m0s"],
  [90, "1m30s"],
  [120, "2m0s"],
])("%i seconds are %s", (seconds, text) => {
  expect(goDuration(seconds)).toBe(text);
});

test.each([
  [1, "1.0"],
  [0.5, "0.5"],
  [1.25, "1.25"],
])("%d cores are %s", (cores, text) => {
  expect(cpuCount(cores)).toBe(text);
});
