import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { Head } from "./line.ts";

/** DER of an Ed25519 public key, up to the key itself (RFC 8410). */
const derPrefix = Buffer.from("302a300506032b6570032100", "hex");
const keys = new Map<string, KeyObject>();

function keyOf(hex: string): KeyObject {
  let key = keys.get(hex);
  if (key === undefined) {
    key = createPublicKey({
      key: Buffer.concat([derPrefix, Buffer.from(hex, "hex")]),
      format: "der",
      type: "spki",
    });
    keys.set(hex, key);
  }
  return key;
}

/** What a checkpoint's signature covers. */
export const checkpointText = (line: {
  stack: string;
  seq: number;
  prev: string;
  timestamp: string;
}): string => `cerberus-audit/1\n${line.stack}\n${line.seq}\n${line.prev}\n${line.timestamp}\n`;

/** What the signature in litellm_audit.head.json covers. */
export const headText = ({ stack, seq, hash, timestamp }: Omit<Head, "signature" | "public_key">): string =>
  `cerberus-audit-head/1\n${stack}\n${seq}\n${hash}\n${timestamp}\n`;

/**
 * Whether an Ed25519 signature is good.
 * @param publicKey 64 hex digits
 * @param signature base64
 */
export function isSigned(text: string, signature: string, publicKey: string): boolean {
  try {
    return verify(null, Buffer.from(text), keyOf(publicKey), Buffer.from(signature, "base64"));
  } catch {
    return false; // bytes that are no point of the curve
  }
}
