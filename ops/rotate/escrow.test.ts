import { expect, test } from "vitest";
import { type Contents, seal, unseal } from "./escrow.ts";

const contents: Contents = {
  stack: "dev",
  created: "2026-11-25T10:00:00.000Z",
  saltKey: "sk-salt-canary",
  generated: { "master-key": "canary-master" },
};
const passphrase = "correct horse battery";
const file = seal(contents, passphrase);

test("what was sealed comes back with the passphrase", () => {
  expect(unseal(file, passphrase)).toEqual(contents);
});

test("the file names stack, time and fingerprint, and holds no secret", () => {
  expect(JSON.parse(file)).toMatchObject({
    format: "cerberus-escrow/1",
    stack: "dev",
    created: contents.created,
  });
  expect(file).not.toContain("canary");
});

test("two files of the same secrets have nothing in common that could be compared", () => {
  const sealed = (text: string) => (JSON.parse(text) as { sealed: string }).sealed;
  expect(sealed(seal(contents, passphrase))).not.toBe(sealed(file));
});

test("another passphrase, or a changed stack name, does not open it", () => {
  expect(() => unseal(file, "correct horse batterx")).toThrow(/does not open/);
  const renamed = JSON.stringify({ ...JSON.parse(file), stack: "prod" });
  expect(() => unseal(renamed, passphrase)).toThrow(/does not open/);
});

test("a short passphrase and a foreign file are refused", () => {
  expect(() => seal(contents, "short")).toThrow(/5 characters[\s\S]*12 or more/);
  expect(() => unseal("{}", passphrase)).toThrow(/no escrow file/);
});
