export {
  type AdapterOptions,
  type BudgetCheck,
  type CallOptions,
  LiteLLMAdapter,
  type ProxyHealth,
  type UsageStats,
} from "./adapter.ts";
export type { ApprovalDecision, OnApprovalRequired } from "./approvals.ts";
export type {
  AnswerFacts,
  ChatChunk,
  ChatCompletion,
  ChatMessage,
  ChatParameters,
  ChatRequest,
  ToolCall,
  ToolDefinition,
  Usage,
} from "./chat.ts";
export type { CostEstimate } from "./cost.ts";
export { type CerberusEnv, fromEnv } from "./env.ts";
export { ApprovalRequiredError, type ErrorFacts, type ErrorKind, GatewayError } from "./errors.ts";
export type { Category } from "./safety/content.ts";
export type { SafetyConfig } from "./safety/safety.ts";
export { AgentSession, type SessionLimits, type TurnRequest } from "./session.ts";
