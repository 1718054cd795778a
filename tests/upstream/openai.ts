import { answerWords, type Behaviour, countTokens, streamedWords } from "./behaviour.ts";

/** The shapes of OpenAI's chat API (platform.openai.com/docs/api-reference/chat). */

interface ChatRequest {
  readonly model: string;
  readonly messages?: unknown;
  readonly stream_options?: { readonly include_usage?: boolean };
}

const usageOf = (request: ChatRequest, words: number = answerWords.length) => {
  const prompt = countTokens(request.messages);
  return {
    prompt_tokens: prompt,
    completion_tokens: words,
    total_tokens: prompt + words,
  };
};

const head = (request: ChatRequest, id: string, object: string) => ({
  id: `chatcmpl-${id}`,
  object,
  created: Math.floor(Date.now() / 1000),
  model: request.model,
});

export function openaiAnswer(request: ChatRequest, id: string, { toolCall }: Behaviour) {
  const last = Array.isArray(request.messages) ? (request.messages.at(-1) as { role?: string }) : undefined;
  const calls = toolCall !== undefined && last?.role !== "tool";
  const message = calls
    ? { content: null, tool_calls: [{ id: `call_${id}`, type: "function", function: toolCall }] }
    : { content: answerWords.join(" ") };
  return {
    ...head(request, id, "chat.completion"),
    choices: [
      {
        index: 0,
        message: { role: "assistant", ...message },
        finish_reason: calls ? "tool_calls" : "stop",
        logprobs: null,
      },
    ],
    usage: usageOf(request),
  };
}

/** Server-sent events of a streamed answer, one word each. */
export function openaiPieces(request: ChatRequest, id: string, behaviour: Behaviour): string[] {
  const chunk = (choices: unknown[], usage?: unknown) =>
    `data: ${JSON.stringify({ ...head(request, id, "chat.completion.chunk"), choices, ...(usage ? { usage } : {}) })}\n\n`;
  const choice = (delta: unknown, reason: string | null = null) => [
    { index: 0, delta, finish_reason: reason },
  ];
  const words = streamedWords(behaviour).map((word, i) =>
    chunk(choice({ content: i === 0 ? word : ` ${word}` })),
  );
  const usage = request.stream_options?.include_usage ? [chunk([], usageOf(request, words.length))] : [];
  return [
    chunk(choice({ role: "assistant", content: "" })),
    ...words,
    chunk(choice({}, "stop")),
    ...usage,
    "data: [DONE]\n\n",
  ];
}

const errorTypes: Readonly<Record<number, string>> = {
  401: "invalid_request_error",
  429: "rate_limit_exceeded",
};

export const openaiError = (status: number) => ({
  error: {
    message: `The test upstream was told to answer ${status}.`,
    type: errorTypes[status] ?? "server_error",
    param: null,
    code: errorTypes[status] ?? null,
  },
});
