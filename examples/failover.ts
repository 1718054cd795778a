// Two nets: the gateway goes to another provider by itself; and where a whole model is out of reach, this goes to the next one.
// Environment: npm run env. The first model may be named: npm run example -- failover gpt-4o-mini --stack dev
import { type ErrorKind, fromEnv, GatewayError, LiteLLMAdapter } from "@cerberus-gateway/client";

const { connection, model } = fromEnv();
const adapter = new LiteLLMAdapter({ ...connection, timeoutMs: 60_000 });
/** Failures that another model may not have. */
const elsewhere: ReadonlySet<ErrorKind> = new Set([
  "provider",
  "unavailable",
  "rate-limit",
  "permission",
  "not-found",
]);

const first = process.argv[2] ?? model;
const models = [first, ...(await adapter.getAvailableModels()).filter((name) => name !== first)];
for (const name of models) {
  try {
    const answer = await adapter.completeChat({
      model: name,
      messages: [{ role: "user", content: `Who answers? ${Math.random()}` }],
      max_tokens: 50,
    });
    const how = answer.gateway.fellBack ? "the gateway fell back to" : "answered by";
    console.log(`asked ${name}: ${how} ${answer.model}: ${answer.choices[0]?.message.content}`);
    break;
  } catch (error) {
    if (!(error instanceof GatewayError) || !elsewhere.has(error.kind)) throw error;
    console.log(`asked ${name}: ${error.kind}: ${error.message}`);
    process.exitCode = name === models.at(-1) ? 1 : 0;
  }
}
