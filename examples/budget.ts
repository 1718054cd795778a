// An agent that stops by itself: its file says how much it may spend, and how many turns it has. Environment: npm run env.
import { readFileSync } from "node:fs";
import { type ChatMessage, fromEnv, GatewayError, LiteLLMAdapter } from "@cerberus-gateway/client";
import { parseAgentConfig, startSession } from "@cerberus-gateway/client/agent-config";

const file = process.argv[2] ?? new URL("../config-templates/agent.example.yaml", import.meta.url);
const config = parseAgentConfig(readFileSync(file, "utf8"), String(file));
const env = fromEnv();

const { withinBudget, remainingBudgetUsd } = await new LiteLLMAdapter(env.connection).checkBudgetLimit(0.01);
console.log(`${config.name}: the key has ${remainingBudgetUsd ?? "any number of"} USD left`);
if (!withinBudget) process.exit(1);

const session = startSession(config, env, { onApprovalRequired: () => "stop" });
const messages: ChatMessage[] = [{ role: "user", content: "Think of the next step, again and again." }];
try {
  for (;;) {
    const answer = await session.completeChat({ messages, max_tokens: 100 });
    const { message } = answer.choices[0] ?? {};
    if (message) messages.push(message, { role: "user", content: "And then?" });
    console.log(`turn ${session.iterations}: ${session.spentUsd.toFixed(6)} USD so far`);
    // The example's file allows 50 turns; three show the point.
    if (process.argv[2] === undefined && session.iterations === 3) break;
  }
} catch (error) {
  if (!(error instanceof GatewayError) || error.kind !== "limit") throw error;
  console.log(`stopped (${error.code}): ${error.message}`);
}
