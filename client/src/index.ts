export {
  type AdapterOptions,
  type BudgetCheck,
  type CallOptions,
  LiteLLMAdapter,
  type ProxyHealth,
  type UsageStats,
} from "./adapter.ts";
export type { ApprovalDecision } from "./approvals.ts";
export type {
  AnswerFacts,
  ChatChunk,
  ChatCompletion,
  ChatMessage,
  ChatRequest,
  ToolCall,
  ToolDefinition,
  Usage,
} from "./chat.ts";
export type { CostEstimate } from "./cost.ts";
export { type CerberusEnv, fromEnv } from "./env.ts";
export { ApprovalRequiredError, type ErrorKind, GatewayError } from "./errors.ts";
export type { SafetyConfig } from "./safety.ts";
export { AgentSession, type SessionLimits } from "./session.ts";
