// The official OpenAI SDK, unchanged: only the base URL and the key are the gateway's. Environment: npm run env.
import { fromEnv } from "@cerberus-gateway/client";
import OpenAI, { APIError } from "openai";

const { connection, model } = fromEnv();
const client = new OpenAI({ baseURL: `${connection.baseUrl}/v1`, apiKey: connection.apiKey });
const request = {
  model,
  messages: [{ role: "user" as const, content: "Hello from the OpenAI SDK" }],
  max_tokens: 50,
};

const answer = await client.chat.completions.create(request);
console.log(answer.choices[0]?.message.content);

const stream = await client.chat.completions.create({ ...request, stream: true });
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
process.stdout.write("\n");

// The gateway's refusals are the SDK's own errors, with the gateway's code.
try {
  await client.chat.completions.create({ ...request, max_tokens: 1_000_000 });
} catch (error) {
  if (!(error instanceof APIError)) throw error;
  console.log(`refused: ${error.status} ${error.code}`);
}
