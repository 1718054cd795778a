import { GatewayError } from "../errors.ts";

const mostTokens = 100_000_000;
const mostAnswers = 1_000;

/** What a chat request may make a model write. */
export interface Output {
  /** Of all answers together; undefined when the request doesn't say. */
  readonly tokens: number | undefined;
  readonly answers: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The output tokens that a chat request asks for, in whichever field.
 * @throws GatewayError of kind "invalid-request" for a field that is no number
 */
export function readOutput(body: Fields): Output {
  const answers = Math.max(whole(body, "n", mostAnswers) ?? 1, whole(body, "best_of", mostAnswers) ?? 1);
  const named = ["max_tokens", "max_completion_tokens"].flatMap(
    (name) => whole(body, name, mostTokens) ?? [],
  );
  const thinking = body["thinking"];
  const budget = isFields(thinking) ? whole(thinking, "budget_tokens", mostTokens) : undefined;
  if (named.length === 0) return { tokens: undefined, answers };
  return { tokens: Math.max(...named, budget ?? 0) * answers, answers };
}

/**
 * The request with the limit granted where it names none.
 * @throws GatewayError with the code "token_limit_exceeded" for one above it
 */
export function limitOutput<Request extends Fields>(request: Request, limit: number): Request {
  const { tokens, answers } = readOutput(request);
  if (!Number.isFinite(limit)) return request;
  const share = Math.floor(limit / answers);
  if (tokens === undefined && share > 0) return { ...request, max_tokens: share };
  const found = tokens ?? answers;
  if (found <= limit) return request;
  const param =
    tokens === undefined
      ? "n"
      : (request["max_tokens"] ?? null) === null
        ? "max_completion_tokens"
        : "max_tokens";
  const times = answers > 1 ? ` (${answers} answers)` : "";
  throw new GatewayError(
    "limit",
    `the request asks for up to ${found} output tokens${times}; maxTokensPerRequest is ${limit}: lower ${param}`,
    { code: "token_limit_exceeded", param, details: { found, limit } },
  );
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

function whole(body: Fields, name: string, most: number): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value > 0 && value <= most) return value;
  const found = typeof value === "number" ? value : `a value of type ${typeof value}`;
  throw new GatewayError(
    "invalid-request",
    `${name} must be a whole number from 1 to ${most}; found ${found}`,
    { code: "invalid_request", param: name },
  );
}
