import { answerWords, type Behaviour, countTokens, streamedWords } from "./behaviour.ts";

/** The shapes of Anthropic's messages API (docs.anthropic.com/en/api/messages and …/messages-streaming). */

interface MessagesRequest {
  readonly model: string;
  readonly messages?: unknown;
}

const message = (request: MessagesRequest, id: string) => ({
  id: `msg_${id}`,
  type: "message",
  role: "assistant",
  model: request.model,
  stop_sequence: null,
});

export const anthropicAnswer = (request: MessagesRequest, id: string) => ({
  ...message(request, id),
  content: [{ type: "text", text: answerWords.join(" ") }],
  stop_reason: "end_turn",
  usage: { input_tokens: countTokens(request.messages), output_tokens: answerWords.length },
});

/** Named server-sent events of a streamed answer, one word each. */
export function anthropicPieces(request: MessagesRequest, id: string, behaviour: Behaviour): string[] {
  const event = (type: string, rest: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
  const start = { ...message(request, id), content: [], stop_reason: null };
  const usage = { input_tokens: countTokens(request.messages), output_tokens: 1 };
  const words = streamedWords(behaviour).map((word, i) =>
    event("content_block_delta", {
      index: 0,
      delta: { type: "text_delta", text: i === 0 ? word : ` ${word}` },
    }),
  );
  return [
    event("message_start", { message: { ...start, usage } }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    event("ping", {}),
    ...words,
    event("content_block_stop", { index: 0 }),
    event("message_delta", {
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: words.length },
    }),
    event("message_stop", {}),
  ];
}

const errorTypes: Readonly<Record<number, string>> = {
  401: "authentication_error",
  429: "rate_limit_error",
  529: "overloaded_error",
};

export const anthropicError = (status: number) => ({
  type: "error",
  error: {
    type: errorTypes[status] ?? "api_error",
    message: `The test upstream was told to answer ${status}.`,
  },
});
