import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { expect, test } from "vitest";
import { auditPublicKey } from "./audit-key.ts";

test("the public key verifies what the seed signs", () => {
  const seed = createHash("sha256").update("a signing key").digest();
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const signature = sign(
    null,
    Buffer.from("text"),
    createPrivateKey({ key: der, format: "der", type: "pkcs8" }),
  );
  const raw = Buffer.from(auditPublicKey("a signing key"), "hex");
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  expect(verify(null, Buffer.from("text"), publicKey, signature)).toBe(true);
  expect(auditPublicKey("another")).not.toBe(auditPublicKey("a signing key"));
});
