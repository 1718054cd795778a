import { GatewayError } from "./errors.ts";

/** Longest event that is taken, in characters; a stream without line ends must not fill the memory. */
const longestEvent = 8 * 1024 * 1024;

/**
 * Data of the server-sent events in a byte stream, each as soon as it is whole (WHATWG HTML, "server-sent events").
 * @throws GatewayError of kind "protocol" when an event has no end
 */
export async function* eventData(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  let held = 0;
  /** Where a line end may stand that was not seen yet: a long line is not read again for each of its parts. */
  let unread = 0;
  const lineEnd = /\r\n|\n|\r/g;
  const take = function* (final: boolean): Generator<string> {
    lineEnd.lastIndex = unread;
    let from = 0;
    for (let match = lineEnd.exec(rest); match !== null; match = lineEnd.exec(rest)) {
      // A CR at the very end may be half of a CR LF.
      if (!final && match[0] === "\r" && match.index === rest.length - 1) break;
      const line = rest.slice(from, match.index);
      from = match.index + match[0].length;
      if (line === "") {
        if (data.length > 0) yield data.join("\n");
        data = [];
        held = 0;
      } else if (line.startsWith("data:")) {
        const value = line.slice(line[5] === " " ? 6 : 5);
        data.push(value);
        held += value.length;
      }
    }
    rest = rest.slice(from);
    unread = rest.endsWith("\r") ? rest.length - 1 : rest.length;
    if (rest.length + held > longestEvent) {
      throw new GatewayError("protocol", `an event of the stream is longer than ${longestEvent} characters`);
    }
  };
  for await (const part of body) {
    rest += decoder.decode(part, { stream: true });
    yield* take(false);
  }
  rest += decoder.decode();
  yield* take(true);
  // What was not ended by an empty line is not an event: the stream was cut.
}
