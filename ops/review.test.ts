import { expect, test } from "vitest";
import { refusal } from "./review.ts";

test("a refused preview replaces the older one under the change, and can't break out of its block", () => {
  const text = refusal("dev", "error: 1 problem\n  - a: ``` and ````\n");
  expect(text.split("\n")[0]).toBe("<!-- cerberus-preview:dev -->");
  expect(text).toContain("`````text\nerror: 1 problem\n  - a: ``` and ````\n`````\n");
});
