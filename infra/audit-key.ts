import { createHash, createPrivateKey, createPublicKey } from "node:crypto";

/** PKCS #8 header of an Ed25519 private key: what follows is the 32-byte seed (RFC 8410). */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Public half of the key that signs the audit log, as hex: what a verifier pins. The seed is the SHA-256 of the secret, as in
 * plugins/cerberus_gateway/audit/signing.py.
 */
export function auditPublicKey(signingKey: string): string {
  const seed = createHash("sha256").update(signingKey).digest();
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
}
