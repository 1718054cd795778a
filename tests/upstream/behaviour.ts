/** How the upstream answers calls for one model, until told otherwise. */
export interface Behaviour {
  /** HTTP status; anything but 200 is answered in the provider's own error shape. */
  readonly status: number;
  /** Seconds in a `retry-after` header beside an error. */
  readonly retryAfterSeconds?: number;
  /** Wait before the first byte, in milliseconds. */
  readonly delayMs: number;
  /** Wait between the pieces of a stream, in milliseconds. */
  readonly pieceDelayMs: number;
  /** Words of a streamed answer; absent = those of a whole one. */
  readonly words?: number;
  /** Pieces after which a streamed answer is cut off, connection and all; absent = never. */
  readonly cutAfterPieces?: number;
  /** The function that an answer calls, until its result is sent; in OpenAI's whole answers only. */
  readonly toolCall?: { readonly name: string; readonly arguments: string };
}

export const polite: Behaviour = { status: 200, delayMs: 0, pieceDelayMs: 0 };

/** What the upstream saw of one call. */
export interface Seen {
  readonly path: string;
  readonly model: string;
  readonly streamed: boolean;
  /** The key the gateway sent. */
  readonly key: string;
  readonly maxTokens: number | null;
  /** What was asked, as it arrived: JSON of the messages. */
  readonly prompt: string;
}

/** Words of the answer; each is one token and one piece of a stream. */
export const answerWords = ["An", "answer", "from", "the", "test", "upstream."] as const;

/** Words of a streamed answer: the usual ones, again and again. */
export const streamedWords = ({ words = answerWords.length }: Pick<Behaviour, "words">): string[] =>
  Array.from({ length: words }, (_, i) => answerWords[i % answerWords.length] ?? "");

/** Tokens of a prompt: its words. */
export function countTokens(messages: unknown): number {
  const text = JSON.stringify(messages ?? "");
  return text.split(/\W+/).filter((word) => word !== "").length;
}
