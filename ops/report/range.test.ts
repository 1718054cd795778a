import { expect, test } from "vitest";
import { parseScope } from "./range.ts";
import { rangeWords } from "./words.ts";

test("a range of whole days is said by its first and last day", () => {
  const midnight = (d: string) => `2026-11-${d}T00:00:00.000000Z`;
  expect(rangeWords({ from: midnight("01"), to: midnight("30") })).toBe("2026-11-01 to 2026-11-29");
  expect(rangeWords({ from: midnight("01"), to: midnight("02") })).toBe("2026-11-01");
  expect(rangeWords({ from: midnight("01"), to: "2026-11-01T12:30:00.000000Z" })).toBe(
    "2026-11-01 to 2026-11-01 12:30 UTC",
  );
});

test("a range is read like the filters' moments, and refused when empty", () => {
  const now = Date.parse("2026-11-25T10:00:00Z");
  expect(parseScope("7d", undefined, undefined, now)).toEqual({
    from: "2026-11-18T10:00:00.000000Z",
    to: "2026-11-25T10:00:00.000000Z",
    team: null,
  });
  expect(() => parseScope("2026-11-25", "2026-11-25", undefined, now)).toThrow(/the range is empty/);
  expect(() => parseScope("then", undefined, undefined, now)).toThrow(/--from is "then"/);
});
