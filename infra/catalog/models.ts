import { defineModels } from "./define.ts";

/** The models this gateway offers. Edit here; `pulumi preview` shows what follows. */
export const models = defineModels([
  {
    name: "gpt-4o-mini",
    provider: "openai",
    model: "gpt-4o-mini",
    defaultMaxTokens: 4096,
    fallbacks: ["claude-sonnet-4-6"],
  },
  {
    name: "claude-sonnet-4-6",
    provider: "anthropic",
    model: "claude-sonnet-4-6",
    defaultMaxTokens: 4096,
    fallbacks: ["gpt-4o-mini"],
  },
  { name: "deepseek-v4-flash", provider: "deepseek", model: "deepseek-v4-flash", defaultMaxTokens: 4096 },
  {
    name: "llama3.2",
    provider: "ollama",
    model: "llama3.2",
    defaultMaxTokens: 4096,
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
]);
