import { expect, test } from "vitest";
import { goDuration } from "./go-duration.ts";

test.each([
  [5, "5s"],
  [60, "1m0s"],
  [90, "1m30s"],
  [120, "2m0s"],
])("%i seconds are %s, as the engine says it", (seconds, text) => {
  expect(goDuration(seconds)).toBe(text);
});
