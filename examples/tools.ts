// A model that may call a function of ours. Environment: npm run env.
// The demo model never calls one and answers at once; name another: npm run example -- tools gpt-4o-mini --stack dev
import { type ChatMessage, fromEnv, LiteLLMAdapter, type ToolDefinition } from "@cerberus-gateway/client";

const { connection, model } = fromEnv();
const adapter = new LiteLLMAdapter(connection);

const tools: readonly ToolDefinition[] = [
  {
    type: "function",
    function: {
      name: "port_of",
      description: "The port of a service of the stack",
      parameters: {
        type: "object",
        properties: { service: { type: "string", enum: ["gateway", "prometheus"] } },
        required: ["service"],
      },
    },
  },
];
const ports: Readonly<Record<string, number>> = { gateway: 4000, prometheus: 9090 };

/** Arguments are a model's words: they may be anything. */
function portOf(argumentsJson: string): string {
  try {
    const { service } = JSON.parse(argumentsJson) as { service?: unknown };
    return `${ports[String(service)] ?? "there is no such service"}`;
  } catch {
    return "the arguments are not JSON";
  }
}

const messages: ChatMessage[] = [{ role: "user", content: "On which port is Prometheus?" }];
for (let turn = 0; turn < 5; turn++) {
  const answer = await adapter.completeChat({
    model: process.argv[2] ?? model,
    messages,
    tools,
    max_tokens: 200,
  });
  const message = answer.choices[0]?.message;
  if (message === undefined) throw new Error("the answer has no choices");
  messages.push(message);
  if (!message.tool_calls?.length) {
    console.log(message.content);
    break;
  }
  for (const { id, function: called } of message.tool_calls) {
    const content = portOf(called.arguments);
    console.log(`${called.name}(${called.arguments}) = ${content}`);
    messages.push({ role: "tool", tool_call_id: id, content });
  }
}
