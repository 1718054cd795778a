import { defineGateway } from "./define.ts";

/** What this gateway offers. Edit here; `pulumi preview` shows what follows. A model is there where its provider is set up. */
export const gateway = defineGateway({
  models: [
    { name: "gpt-4o-mini", provider: "openai", model: "gpt-4o-mini" },
    { name: "claude-sonnet-4-6", provider: "anthropic", model: "claude-sonnet-4-6" },
    { name: "deepseek-v4-flash", provider: "deepseek", model: "deepseek-v4-flash" },
    {
      name: "llama3.2",
      provider: "ollama",
      model: "llama3.2",
      // Runs on hardware of your own: a price of zero still counts as priced, an absent one is refused.
      price: { inputUsdPerToken: 0, outputUsdPerToken: 0 },
    },
    {
      name: "cerberus-demo",
      provider: "demo",
      defaultMaxTokens: 256,
      answer: "Hello from Cerberus Gateway. This answer is built in: no provider was called.",
      price: { inputUsdPerToken: 0.000_001, outputUsdPerToken: 0.000_002 },
    },
  ],
  fallbacks: {
    general: {
      "gpt-4o-mini": ["claude-sonnet-4-6"],
      "claude-sonnet-4-6": ["gpt-4o-mini"],
    },
  },
  guardrails: [
    {
      name: "personal-numbers",
      type: "content-filter",
      mode: "pre_call",
      patterns: [
        { prebuilt: "credit_card", action: "MASK" },
        { prebuilt: "us_ssn", action: "MASK" },
      ],
    },
  ],
});
