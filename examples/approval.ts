// A request so dear that a human has to approve it first. Environment: npm run env.
// While it waits: npm run approvals -- list --stack dev, or the approvers' page.
import { fromEnv, GatewayError, LiteLLMAdapter } from "@cerberus-gateway/client";

const { connection, model } = fromEnv();
const adapter = new LiteLLMAdapter({
  ...connection,
  onApprovalRequired: ({ approvalId, estimateUsd, expiresAt, message }) => {
    console.log(message);
    console.log(`waiting for ${approvalId}: up to ${estimateUsd} USD, until ${expiresAt?.toISOString()}`);
    console.log(`approve it: npm run approvals -- approve ${approvalId} --reason "looks fine" --stack STACK`);
    return "proceed";
  },
});

// The gateway reckons with the dearest it can be: an image may be 50,000 tokens. Two hundred at the most.
const count = Number(process.argv[2] ?? 110);
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const image = { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } };
const content = [
  { type: "text", text: "What do these images show?" },
  ...Array.from({ length: count }, () => image),
];

try {
  const answer = await adapter.completeChat({
    model,
    messages: [{ role: "user", content }],
    max_tokens: 100,
  });
  console.log(`approved and answered: ${answer.choices[0]?.message.content}`);
} catch (error) {
  if (!(error instanceof GatewayError)) throw error;
  console.log(`not approved (${error.kind}): ${error.message}`);
  process.exitCode = 1;
}
