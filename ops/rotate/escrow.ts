import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import * as z from "zod";
import { saltFingerprint } from "../../infra/credentials/salt-guard.ts";
import { UserError } from "../../infra/settings/errors.ts";

/** What an escrow file is for: with the database's backup and this, a stack can be made again. */
const Contents = z.strictObject({
  stack: z.string(),
  created: z.iso.datetime(),
  saltKey: z.string().startsWith("sk-salt-"),
  /** Every other value the stack made, by name. */
  generated: z.record(z.string(), z.string()),
});
export type Contents = z.infer<typeof Contents>;

const bytes = z.base64().transform((text) => Buffer.from(text, "base64"));

/** The file: JSON. Everything but `sealed` is readable, and none of it secret. */
const Envelope = z.strictObject({
  format: z.literal("cerberus-escrow/1"),
  stack: z.string(),
  created: z.iso.datetime(),
  /** Tells whether this is the key a database needs, without opening the file. */
  saltFingerprint: z.string(),
  scrypt: z.strictObject({
    cost: z.int().max(2 ** 20),
    blockSize: z.int().max(16),
    parallelization: z.int().max(4),
    salt: bytes,
  }),
  nonce: bytes,
  /** AES-256-GCM with its tag (16 bytes) at the end; the readable part is authenticated too. */
  sealed: bytes,
});

interface Cost {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
}

/** 128 MiB and a third of a second for each guess. */
const cost: Cost = { cost: 2 ** 17, blockSize: 8, parallelization: 1 };
const shortest = 12;

const keyOf = (
  passphrase: string,
  salt: Buffer,
  { cost: N, blockSize: r, parallelization: p }: Cost,
): Buffer => scryptSync(passphrase.normalize("NFC"), salt, 32, { N, r, p, maxmem: 256 * N * r });

/** Readable part that the seal covers. */
const covered = (stack: string, created: string, fingerprint: string): Buffer =>
  Buffer.from(["cerberus-escrow/1", stack, created, fingerprint].join("\n"));

/**
 * Text of an escrow file.
 * @throws UserError when the passphrase is too short
 */
export function seal(contents: Contents, passphrase: string): string {
  if (passphrase.length < shortest) {
    throw new UserError(
      `the passphrase has ${passphrase.length} characters`,
      `choose one of ${shortest} or more, and keep it apart from the file`,
    );
  }
  const { stack, created, saltKey } = contents;
  const fingerprint = saltFingerprint(saltKey);
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(passphrase, salt, cost), nonce);
  cipher.setAAD(covered(stack, created, fingerprint));
  const sealed = Buffer.concat([
    cipher.update(JSON.stringify(Contents.parse(contents)), "utf8"),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  const file = {
    format: "cerberus-escrow/1",
    stack,
    created,
    saltFingerprint: fingerprint,
    scrypt: { ...cost, salt: salt.toString("base64") },
    nonce: nonce.toString("base64"),
    sealed: sealed.toString("base64"),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Opens an escrow file.
 * @throws UserError when it is no such file, was changed, or the passphrase is another
 */
export function unseal(text: string, passphrase: string): Contents {
  const file = readEnvelope(text);
  const { stack, created, scrypt, nonce, sealed } = file;
  const decipher = createDecipheriv("aes-256-gcm", keyOf(passphrase, scrypt.salt, scrypt), nonce);
  decipher.setAAD(covered(stack, created, file.saltFingerprint));
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    const opened = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return Contents.parse(JSON.parse(opened.toString("utf8")));
  } catch {
    throw new UserError(
      `the escrow file of stack "${stack}" does not open: the passphrase is another, or the file was changed`,
      "try the passphrase it was written with, on an unchanged copy",
    );
  }
}

function readEnvelope(text: string): z.infer<typeof Envelope> {
  try {
    return Envelope.parse(JSON.parse(text));
  } catch {
    throw new UserError("this is no escrow file", "name one that `npm run rotate -- escrow` wrote");
  }
}
