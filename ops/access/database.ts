import * as z from "zod";
import { engineName, hosts } from "../../infra/names.ts";
import { docker } from "../docker.ts";

/** What was written into LiteLLM's database beside the code: settings and models of the UI override, or add to, config.yaml. */
export interface Stored {
  readonly kind: "setting" | "model" | "credential" | "guardrail" | "server";
  readonly name: string;
}

/** Sections of config.yaml that the UI can write; LiteLLM keeps notes of its own in the same table. */
const sections = ["general_settings", "litellm_settings", "router_settings", "environment_variables"];

/** Names only: values may be secret. */
const query = `
select 'setting' as kind, param_name || '.' || entry.key as name
  from "LiteLLM_Config", jsonb_each(case jsonb_typeof(param_value) when 'object' then param_value else '{}' end) as entry
  where param_name in (${sections.map((name) => `'${name}'`).join(", ")})
union all select 'model', model_name from "LiteLLM_ProxyModelTable"
union all select 'credential', credential_name from "LiteLLM_CredentialsTable"
union all select 'guardrail', guardrail_name from "LiteLLM_GuardrailsTable"
union all select 'server', coalesce(server_name, server_id) from "LiteLLM_MCPServerTable"
order by 1, 2`;

const Rows = z
  .array(
    z.object({ kind: z.enum(["setting", "model", "credential", "guardrail", "server"]), name: z.string() }),
  )
  .nullable();

/**
 * Reads them from the stack's database.
 * @throws UserError when the engine or the database does not answer
 */
export async function readStored(stackName: string, dockerHost: string): Promise<readonly Stored[]> {
  const psql = ["psql", "--username=litellm", "--dbname=litellm", "--tuples-only", "--no-align"];
  const text = await docker(
    [
      ...["exec", engineName(stackName, hosts.postgres), ...psql],
      ...["--command", `select json_agg(stored) from (${query}) as stored`],
    ],
    { host: dockerHost, timeoutMs: 30_000 },
  );
  return Rows.parse(text.trim() === "" ? null : JSON.parse(text)) ?? [];
}
