import { bytesOf } from "./body.ts";
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
  const type = response.headers.get("content-type") ?? "";
  let whole = false;
  try {
    if (!type.startsWith("text/event-stream")) {
      const facts = { status: response.status, requestId };
      throw new GatewayError("protocol", `the answer is no stream but ${type || "of no said type"}`, facts);
    }
    for await (const data of eventData(bytesOf(response))) {
      // Read on to the end of the body, so that the connection can be used again.
      if (data === end) whole = true;
      else if (!whole) yield parseChunk(data, requestId);
    }
    if (!whole) throw new GatewayError("protocol", "the stream was cut off before its end", { requestId });
  } catch (error) {
    if (!whole) throw explain(error);
  } finally {
    close();
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
