import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { anthropicAnswer, anthropicError, anthropicPieces } from "./anthropic.ts";
import { type Behaviour, polite, type Seen } from "./behaviour.ts";
import { openaiAnswer, openaiError, openaiPieces } from "./openai.ts";

/**
 * A provider that speaks OpenAI's and Anthropic's protocols, with faults on demand. Stands outside the gateway, so that
 * failover, cost and streaming are proved over a real connection.
 *
 * GET /control → what was seen · PUT /control/<model> with a partial Behaviour · DELETE /control → all forgotten
 */
export function createUpstream(): Server {
  const behaviours = new Map<string, Behaviour>();
  let seen: Seen[] = [];

  async function control(request: IncomingMessage, response: ServerResponse, model: string): Promise<void> {
    if (request.method === "PUT") {
      behaviours.set(model, { ...polite, ...((await readJson(request)) as Partial<Behaviour>) });
    } else if (request.method === "DELETE") {
      behaviours.clear();
      seen = [];
    }
    sendJson(response, 200, seen);
  }

  async function complete(
    request: IncomingMessage,
    response: ServerResponse,
    provider: Provider,
  ): Promise<void> {
    const body = (await readJson(request)) as {
      model: string;
      stream?: boolean;
      max_tokens?: number;
      messages?: unknown;
      system?: unknown;
    };
    const key = request.headers["x-api-key"] ?? request.headers.authorization?.replace(/^Bearer /, "") ?? "";
    const path = request.url ?? "";
    seen.push({
      path,
      model: body.model,
      streamed: body.stream === true,
      key: String(key),
      maxTokens: body.max_tokens ?? null,
      prompt: JSON.stringify([body.system ?? [], body.messages ?? []]),
    });
    if (key === "") return sendJson(response, 401, provider.error(401));
    const behaviour = behaviours.get(body.model) ?? polite;
    await sleep(behaviour.delayMs);
    const { status } = behaviour;
    if (status !== 200) {
      if (behaviour.retryAfterSeconds !== undefined)
        response.setHeader("retry-after", behaviour.retryAfterSeconds);
      return sendJson(response, status, provider.error(status));
    }
    const id = randomUUID();
    if (!body.stream) return sendJson(response, 200, provider.answer(body, id, behaviour));
    await stream(response, provider.pieces(body, id, behaviour), behaviour);
  }

  return createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const controlled = /^\/control(?:\/(.+))?$/.exec(path);
    const provider = providers[path];
    const done = controlled
      ? control(request, response, decodeURIComponent(controlled[1] ?? ""))
      : provider
        ? complete(request, response, provider)
        : Promise.resolve(sendJson(response, 404, openaiError(404)));
    done.catch((error: unknown) => sendJson(response, 400, { error: String(error) }));
  });
}

interface Provider {
  readonly answer: typeof openaiAnswer | typeof anthropicAnswer;
  readonly pieces: typeof openaiPieces | typeof anthropicPieces;
  readonly error: typeof openaiError | typeof anthropicError;
}

const providers: Readonly<Record<string, Provider>> = {
  "/v1/chat/completions": { answer: openaiAnswer, pieces: openaiPieces, error: openaiError },
  "/v1/messages": { answer: anthropicAnswer, pieces: anthropicPieces, error: anthropicError },
};

async function stream(
  response: ServerResponse,
  pieces: readonly string[],
  behaviour: Behaviour,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const [i, piece] of pieces.entries()) {
    if (behaviour.cutAfterPieces === i) {
      response.destroy();
      return;
    }
    // Flushed before a cut, so that the client really has the pieces before it.
    await new Promise((flushed) => response.write(piece, flushed));
    if (behaviour.pieceDelayMs > 0) await sleep(behaviour.pieceDelayMs);
  }
  response.end();
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return JSON.parse(text === "" ? "{}" : text);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

if (import.meta.main) createUpstream().listen(Number(process.argv[2] ?? 8080), "0.0.0.0");
