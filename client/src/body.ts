import { GatewayError } from "./errors.ts";

/** Most characters of an answer that are taken. */
const longestAnswer = 64 * 1024 * 1024;

/** The bytes of an answer's body, as they come. Ends the connection when the reader stops early. */
export async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => undefined);
  }
}

/**
 * The whole text of an answer.
 * @throws GatewayError of kind "protocol" when it has no end
 */
export async function textOf(response: Response): Promise<string> {
  // One call where the answer says how long it is; piece by piece takes longer. What is packed may be of any length.
  const length = response.headers.get("content-length");
  const isPacked = response.headers.has("content-encoding");
  if (length !== null && !isPacked && Number(length) <= longestAnswer) return response.text();
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of bytesOf(response)) {
    text += decoder.decode(part, { stream: true });
    if (text.length > longestAnswer)
      throw new GatewayError("protocol", `the answer is longer than ${longestAnswer} characters`);
  }
  return text + decoder.decode();
}
