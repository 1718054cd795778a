import type { ChatChunk } from "./chat.ts";
import { GatewayError } from "./errors.ts";
import type { OpenAnswer } from "./http.ts";
import { refusalFrom } from "./refusals.ts";
import { eventData } from "./sse.ts";

const end = "[DONE]";

/**
 * Chunks of a streamed chat completion, each as it comes.
 * @throws GatewayError: what the stream itself reports, "protocol" for a chunk that is no JSON and for a stream that was cut
 *   before its end, "deadline", "aborted"
 */
export async function* chatChunks(answer: OpenAnswer): AsyncGenerator<ChatChunk> {
  const { response, requestId, explain, close } = answer;
  let whole = false;
  try {
    for await (const data of eventData(bytesOf(response))) {
      if (data === end) {
        whole = true;
        return;
      }
      yield parseChunk(data, requestId);
    }
    throw new GatewayError("protocol", "the stream was cut off before its end", { requestId });
  } catch (error) {
    throw explain(error);
  } finally {
    close();
    // A caller that stops early needs no more of the answer: the connection ends, and with it what it costs.
    if (!whole) await response.body?.cancel().catch(() => undefined);
  }
}

async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    reader.releaseLock();
  }
}

function parseChunk(data: string, requestId: string | undefined): ChatChunk {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch (cause) {
    throw new GatewayError("protocol", "a chunk of the stream is not JSON", { requestId, cause });
  }
  if (typeof parsed !== "object" || parsed === null) {
    throw new GatewayError("protocol", "a chunk of the stream is not an object", { requestId });
  }
  if ("error" in parsed) throw refusalFrom(parsed.error, { requestId });
  if (!("choices" in parsed) || !Array.isArray(parsed.choices)) {
    throw new GatewayError("protocol", "a chunk of the stream has no choices", { requestId });
  }
  return parsed as ChatChunk;
}
