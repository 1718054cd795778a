// An answer word by word, ended early by the reader. Environment: npm run env.
import { fromEnv, LiteLLMAdapter } from "@cerberus-gateway/client";

const { connection, model } = fromEnv();
const adapter = new LiteLLMAdapter(connection);
const request = {
  model,
  messages: [{ role: "user", content: "Tell me about the guard of the underworld." }],
  max_tokens: 200,
} as const;

const from = performance.now();
let firstAfterMs: number | undefined;
for await (const { choices } of adapter.streamChat(request)) {
  const text = choices[0]?.delta.content ?? "";
  if (text !== "") firstAfterMs ??= performance.now() - from;
  process.stdout.write(text);
}
console.log(`\nfirst piece after ${Math.round(firstAfterMs ?? 0)} ms`);

let pieces = 0;
for await (const { choices } of adapter.streamChat(request, { signal: AbortSignal.timeout(60_000) })) {
  if (choices[0]?.delta.content) pieces += 1;
  // Leaving the loop ends the request, and with it what it costs.
  if (pieces === 2) break;
}
console.log(`stopped after ${pieces} pieces`);
