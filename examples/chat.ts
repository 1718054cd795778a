// One question, one answer, and what it cost. Environment: npm run env.
import { fromEnv, GatewayError, LiteLLMAdapter } from "@cerberus-gateway/client";

const { connection, model } = fromEnv();
const adapter = new LiteLLMAdapter({
  ...connection,
  // Checked here before the request leaves, by the gateway's own rules.
  safety: { maxTokensPerRequest: 200, maxBudgetPerRequestUsd: 0.5, blockedContentTypes: ["harmful"] },
});

const health = await adapter.validateProxyHealth();
console.log(`healthy: ${health.healthy}, models: ${(await adapter.getAvailableModels()).join(", ")}`);

const request = { model, messages: [{ role: "user", content: "Say hello to CAI-CERBERUS." }] } as const;
const { estimatedCostUsd } = await adapter.getCostEstimate(request);
const answer = await adapter.completeChat(request);
console.log(answer.choices[0]?.message.content);
console.log(
  `at most ${estimatedCostUsd} USD, really ${answer.gateway.costUsd} USD; id ${answer.gateway.requestId}`,
);

// Every failure is a GatewayError: `kind` is what programs branch on.
try {
  await adapter.completeChat({ ...request, max_tokens: 100_000 });
} catch (error) {
  if (!(error instanceof GatewayError)) throw error;
  console.log(`refused (${error.kind}, ${error.code}): ${error.message}; ${error.advice}`);
}
