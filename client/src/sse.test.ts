import fc from "fast-check";
import { expect, test } from "vitest";
import { GatewayError } from "./errors.ts";
import { eventData } from "./sse.ts";

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % Math.max(1, sizes.length)] ?? 1);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(text: string, sizes: readonly number[] = [7]): Promise<string[]> {
  const found: string[] = [];
  for await (const data of eventData(pieces(new TextEncoder().encode(text), sizes))) found.push(data);
  return found;
}

test.each([
  ["one event", "data: a\n\n", ["a"]],
  ["CR LF", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
  ["lone CR", "data: a\r\rdata: b\r\r", ["a", "b"]],
  ["several data lines are one text", "data: a\ndata: b\n\n", ["a\nb"]],
  ["comments and other fields are left out", ": ping\nevent: x\nid: 1\ndata: a\n\n", ["a"]],
  ["no space after the colon", "data:a\n\n", ["a"]],
  ["an event without an end was cut off", "data: a\n\ndata: b\n", ["a"]],
  ["nothing", "", []],
])("%s", async (_what, text, expected) => {
  expect(await read(text)).toEqual(expected);
});

test("how the bytes are cut into pieces changes nothing", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((s) => s.replace(/[\r\n]/g, ""));
  const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
  await fc.assert(
    fc.asyncProperty(
      fc.array(text),
      lineEnd,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (texts, end, sizes) => {
        const stream = texts.map((data) => `data: ${data}${end}${end}`).join("");
        expect(await read(stream, sizes)).toEqual(texts);
      },
    ),
    { numRuns: 300 },
  );
});

test("any bytes at all give events or a typed error, never a hang or another error", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      try {
        for await (const data of eventData(pieces(bytes, [3, 1, 8]))) expect(typeof data).toBe("string");
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
      }
    }),
    { numRuns: 500 },
  );
});

test("an event without end is given up before it fills the memory", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield new Uint8Array(1024 * 1024).fill(97);
  }
  const drain = async () => {
    for await (const _ of eventData(endless())) throw new Error("there is no event");
  };
  await expect(drain()).rejects.toMatchObject({ kind: "protocol" });
});
