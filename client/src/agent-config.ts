import { type AdapterOptions, LiteLLMAdapter } from "./adapter.ts";
import type { CerberusEnv } from "./env.ts";
import { GatewayError } from "./errors.ts";
import { AgentSession } from "./session.ts";
import { YamlReader } from "./yaml-reader.ts";

/** What an agent of CAI-CERBERUS is, and what it may (config-templates/agent.example.yaml). */
export interface AgentConfig {
  readonly name: string;
  readonly role: string;
  readonly tools: readonly {
    readonly name: string;
    /** Where the agent's framework finds the tool, such as tools.proxy.litellm_adapter.LiteLLMAdapter. */
    readonly path: string;
  }[];
  readonly constraints: {
    /** Spend of one session, in USD. */
    readonly maxBudgetUsd: number;
    /** Whether a human is asked where a request needs an approval; otherwise such a request fails. */
    readonly requireApproval: boolean;
    /** Turns of one session. */
    readonly maxIterations: number;
  };
}

/**
 * Parses an agent's YAML.
 * @param file name for the errors
 * @throws GatewayError of kind "invalid-request" with every problem, each with its file, line and column
 */
export function parseAgentConfig(text: string, file = "agent.yaml"): AgentConfig {
  const reader = new YamlReader(text, file);
  const config = reader.problems.length === 0 ? read(reader) : undefined;
  if (config !== undefined && reader.problems.length === 0) return config;
  throw new GatewayError("invalid-request", reader.problems.join("\n"), { code: "agent_config" });
}

function read(reader: YamlReader): AgentConfig | undefined {
  if (!reader.mapping([], ["name", "role", "tools", "constraints"])) return undefined;
  const limits = "constraints";
  if (!reader.mapping([limits], ["max_budget", "require_approval", "max_iterations"])) return undefined;
  return {
    name: reader.text(["name"]),
    role: reader.text(["role"]),
    tools: reader.list(["tools"]).flatMap((tool) => {
      if (!reader.mapping(tool, ["name", "path"])) return [];
      return [{ name: reader.text([...tool, "name"]), path: reader.text([...tool, "path"]) }];
    }),
    constraints: {
      maxBudgetUsd: reader.number([limits, "max_budget"]),
      requireApproval: reader.flag([limits, "require_approval"], true),
      maxIterations: reader.number([limits, "max_iterations"], { whole: true, otherwise: 50 }),
    },
  };
}

/**
 * A session of an agent: its model and gateway come from the environment, its limits are the narrower ones of both.
 * @throws GatewayError of kind "invalid-request" when a human is to be asked and there is nobody to ask
 */
export function startSession(
  config: AgentConfig,
  env: CerberusEnv,
  options: Omit<AdapterOptions, "baseUrl" | "apiKey"> = {},
): AgentSession {
  const { maxBudgetUsd, maxIterations, requireApproval } = config.constraints;
  const { onApprovalRequired, ...rest } = options;
  if (requireApproval && onApprovalRequired === undefined) {
    throw new GatewayError(
      "invalid-request",
      `${config.name}: constraints.require_approval is true, so startSession() needs onApprovalRequired`,
      { code: "agent_config", param: "onApprovalRequired" },
    );
  }
  const adapter = new LiteLLMAdapter({
    ...env.connection,
    ...rest,
    ...(requireApproval && onApprovalRequired !== undefined ? { onApprovalRequired } : {}),
  });
  return new AgentSession(adapter, {
    model: env.model,
    priceLimitUsd: Math.min(maxBudgetUsd, env.priceLimitUsd),
    maxIterations: Math.min(maxIterations, env.maxIterations),
  });
}
