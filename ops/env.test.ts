import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { formatEnv } from "./env.ts";

const env = { A: "plain", B: `it's "quoted" $HOME \`x\`` };

test("a shell reads back exactly what was written", () => {
  const script = `${formatEnv(env, "export")}printf '%s|%s' "$A" "$B"`;
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(`${env.A}|${env.B}`);
});

test("JSON is JSON, and dotenv has one line each", () => {
  expect(JSON.parse(formatEnv(env, "json"))).toEqual(env);
  expect(formatEnv({ A: "1", B: "2" }, "dotenv")).toBe("A='1'\nB='2'\n");
});
