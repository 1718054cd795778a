import { InvalidArgumentError } from "commander";

/** A whole number from 1. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("give a whole number from 1.");
  return Number(text);
}

/** An Ed25519 public key in hex. */
export function publicKey(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new InvalidArgumentError("give 64 small hex digits, as a checkpoint's public_key has them.");
  return text;
}

/** A position of the log, such as `1200:9f86d0…`. */
export function headPosition(text: string): { seq: number; hash: string } {
  const parts = /^([1-9]\d{0,15}):([0-9a-f]{64})$/.exec(text);
  if (parts === null)
    throw new InvalidArgumentError(
      "give a seq and a hash of 64 hex digits with a colon between: 1200:9f86d0…",
    );
  return { seq: Number(parts[1]), hash: parts[2] ?? "" };
}
