import { expect, test } from "vitest";
import { admitCommand, authConf, retireCommand } from "./redis-login.ts";

test("a running Redis is told hashes, never the password itself", () => {
  for (const command of [admitCommand("canary"), retireCommand("canary")]) {
    expect(command).toMatch(/#[0-9a-f]{64}\n$/);
    expect(command).not.toContain("canary");
  }
});

test("admitting leaves former passwords valid, retiring ends them", () => {
  expect(admitCommand("p")).not.toContain("resetpass");
  expect(retireCommand("p")).toContain("resetpass");
});

test("a restarted Redis knows the password in use, and the operator's", () => {
  expect(authConf("in-use", "operators")).toBe(
    "requirepass in-use\nuser cerberus-operator on >operators ~* &* +@all\n",
  );
});
