import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { SettingsError } from "../../infra/settings/errors.ts";
import { readProviders as read } from "./provider-keys.ts";

const readProviders = (file: string) => read(file, ["ACME_API_KEY"]);

function envFile(text: string): string {
  const file = `${mkdtempSync(`${tmpdir()}/cerberus-env-`)}/.env`;
  writeFileSync(file, text);
  return file;
}

test("keys and addresses are read in every form people write them", () => {
  const { entries } = readProviders(
    envFile(
      "\uFEFF# comment\r\nOPENAI_API_KEY=sk-plain # mine\r\nexport ANTHROPIC_API_KEY='sk-single # kept'\nDEEPSEEK_API_KEY=\"sk-double\"\nOLLAMA_API_BASE = http://localhost:11434\nOTHER=1\nACME_API_KEY=sk-acme-1\nOPENAI_API_BASE=\n",
    ),
  );
  expect(entries).toEqual([
    { name: "OPENAI_API_KEY", value: "sk-plain", secret: true },
    { name: "ANTHROPIC_API_KEY", value: "sk-single # kept", secret: true },
    { name: "DEEPSEEK_API_KEY", value: "sk-double", secret: true },
    { name: "OLLAMA_API_BASE", value: "http://localhost:11434", secret: false },
    { name: "ACME_API_KEY", value: "sk-acme-1", secret: true },
  ]);
});

test("a slip of the pen is said, other variables are not", () => {
  const { notes } = readProviders(envFile("OPENAI_APY_KEY=sk-x\nHOME_ASSISTANT=1\n"));
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain('did you mean "OPENAI_API_KEY"');
});

test("broken lines are all reported by number, without their values", () => {
  const canary = "sk-canary-broken";
  try {
    readProviders(envFile(`OPENAI_API_KEY="${canary}\njust ${canary}\n`));
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as SettingsError).problems.map(({ path }) => path.split(":").at(-1))).toEqual(["1", "2"]);
    expect((error as Error).message).not.toContain(canary);
  }
});

test("no file is no keys", () => {
  expect(readProviders("/nonexistent/.env")).toEqual({ entries: [], notes: [] });
});
