import { hash as digest } from "node:crypto";
import { notCanonical } from "./canonical.ts";
import { Envelope } from "./line.ts";

/** A line is its body without the last brace, then `,"hash":"<64 hex digits>"}`. */
const hashStart = Buffer.from(',"hash":"');
const sealLength = hashStart.length + 64 + 2;
const comma = 0x2c;
const closeBrace = 0x7d;

/** A line that can be read: its envelope, the hash of its bytes, and what is odd about how it is written. */
export interface SealedLine {
  readonly line: Envelope;
  /** SHA-256 of the body, hex: what `hash` must say. */
  readonly computed: string;
  /** Why it can't be the writer's own text. */
  readonly odd: string | undefined;
}

/** Reads one line's bytes; a string says why it can't be read. */
export function readSealed(bytes: Buffer): SealedLine | string {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch {
    return bytes.length === 0 ? "an empty line" : "bytes that are no JSON";
  }
  const parsed = Envelope.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `no audit line (${issue?.path.join(".") || "line"}: ${issue?.message})`;
  }
  const line = parsed.data;
  const bodyEnd = bytes.length - sealLength;
  if (bodyEnd < 2 || bytes.toString("latin1", bodyEnd) !== `,"hash":"${line.hash}"}`) {
    return 'a line that does not end with ,"hash":"…"}';
  }
  // The body is hashed where it lies: for a moment its closing brace stands where the comma is.
  bytes[bodyEnd] = closeBrace;
  const body = bytes.subarray(0, bodyEnd + 1);
  const computed = digest("sha256", body, "hex");
  const odd = notCanonical(body);
  bytes[bodyEnd] = comma;
  return { line, computed, odd: odd && `${odd.what} at byte ${odd.at} of the line` };
}
