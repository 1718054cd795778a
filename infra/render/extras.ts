import type {
  McpServer,
  PassThroughEndpoint,
  Prompt,
  SearchTool,
} from "../settings/schema/definitions/extras.ts";
import { fromEnvironment, given, unlessEmpty } from "./values.ts";

/** One server under LiteLLM's `mcp_servers`. */
export const mcpServer = (server: McpServer): Record<string, unknown> =>
  given({
    url: server.url,
    transport: server.transport,
    description: server.description,
    auth_type: server.auth,
    authentication_token: server.tokenVariable && fromEnvironment(server.tokenVariable),
    allowed_tools: server.allowedTools,
    access_groups: server.accessGroups,
    allow_all_keys: server.allowAllKeys,
    timeout: server.timeoutSeconds,
  });

/** One row of LiteLLM's `pass_through_endpoints`; each asks for a key of the gateway. */
export const passThroughEndpoint = (endpoint: PassThroughEndpoint): Record<string, unknown> =>
  given({
    // Else LiteLLM makes up an id at each start.
    id: endpoint.path.slice(1).replaceAll("/", "-"),
    path: endpoint.path,
    target: endpoint.target,
    auth: true,
    headers: unlessEmpty(
      Object.fromEntries(
        Object.entries(endpoint.headers).map(([name, value]) => [
          name,
          typeof value === "string" ? value : `${value.prefix ?? ""}${fromEnvironment(value.variable)}`,
        ]),
      ),
    ),
    include_subpath: endpoint.includeSubpaths,
    methods: endpoint.methods,
    cost_per_request: endpoint.usdPerRequest,
    timeout: endpoint.timeoutSeconds,
    // Name → which fields it looks at; null is all of them.
    guardrails: endpoint.guardrails && Object.fromEntries(endpoint.guardrails.map((name) => [name, null])),
  });

/** One row of LiteLLM's `prompts`. */
export const promptRow = ({ id, content }: Prompt): Record<string, unknown> => ({
  prompt_id: id,
  litellm_params: { prompt_id: id, prompt_integration: "dotprompt", dotprompt_content: content },
});

/** One row of LiteLLM's `search_tools`. */
export const searchTool = (tool: SearchTool): Record<string, unknown> => ({
  search_tool_name: tool.name,
  litellm_params: given({
    search_provider: tool.provider,
    api_key: tool.apiKeyVariable && fromEnvironment(tool.apiKeyVariable),
    api_base: tool.apiBase,
    timeout: tool.timeoutSeconds,
  }),
});
