import { createHash, createPrivateKey, createPublicKey, hash, type KeyObject, sign } from "node:crypto";
import { noHash } from "../../ops/audit/line.ts";
import type { LogSource } from "../../ops/audit/log-folder.ts";
import { checkpointText, headText } from "../../ops/audit/signatures.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** DER of an Ed25519 private key, up to its seed (RFC 8410). */
const derPrefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** JSON with sorted keys and no white space. */
export function canonical(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const map = value as { readonly [key: string]: Json };
  return `{${Object.keys(map)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(map[key] ?? null)}`)
    .join(",")}}`;
}

/** Puts the hash behind a line's body. */
export const seal = (body: string): string => `${body.slice(0, -1)},"hash":"${hash("sha256", body, "hex")}"}`;

/** Time of a line: microseconds, as the writer has them. */
export const stamp = (ms: number): string => new Date(ms).toISOString().replace("Z", "000Z");

/** Writes valid, signed audit logs, for tests and measurements: the format again, by another hand than the writer's. */
export class SignedLog {
  readonly stack: string;
  readonly publicKey: string;
  readonly #key: KeyObject;
  seq = 0;
  hash = noHash;
  #timestamp = stamp(0);

  constructor(stack: string, signingKey = "a signing key for tests") {
    this.stack = stack;
    const seed = createHash("sha256").update(signingKey).digest();
    this.#key = createPrivateKey({ key: Buffer.concat([derPrefix, seed]), format: "der", type: "pkcs8" });
    const { x = "" } = createPublicKey(this.#key).export({ format: "jwk" });
    this.publicKey = Buffer.from(x, "base64url").toString("hex");
  }

  #sign(text: string): string {
    return sign(null, Buffer.from(text), this.#key).toString("base64");
  }

  /** The next line, without its line end. */
  append(ms: number, eventType: string, id: string, data: Json): string {
    this.seq += 1;
    this.#timestamp = stamp(ms);
    const body = canonical({
      data,
      event_type: eventType,
      id,
      prev: this.hash,
      seq: this.seq,
      stack: this.stack,
      timestamp: this.#timestamp,
      v: 1,
    });
    const line = seal(body);
    this.hash = line.slice(-66, -2);
    return line;
  }

  checkpoint(ms: number, lines: number): string {
    const { stack, hash: prev } = this;
    const text = checkpointText({ stack, seq: this.seq + 1, prev, timestamp: stamp(ms) });
    return this.append(ms, "checkpoint", `checkpoint-${this.seq + 1}`, {
      head: prev,
      lines,
      public_key: this.publicKey,
      signature: this.#sign(text),
    });
  }

  /** Text of litellm_audit.head.json for the newest line. */
  head(): string {
    const position = { seq: this.seq, hash: this.hash, timestamp: this.#timestamp, stack: this.stack };
    return JSON.stringify({
      ...position,
      signature: this.#sign(headText(position)),
      public_key: this.publicKey,
    });
  }
}

/** A log in memory. */
export function memoryLog(files: Readonly<Record<string, string | Buffer>>, head?: string): LogSource {
  return {
    head: () => head,
    open: () =>
      Promise.resolve({
        files: Object.entries(files).map(([name, text]) => ({
          name,
          chunks: async function* () {
            yield Buffer.from(text as string);
          },
        })),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  };
}
