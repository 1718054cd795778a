import { administer, fresh, stack } from "./gateway.ts";

/** A key without a rate limit for the time of one test file, and what takes it away again. */
export async function temporaryKey(metadata: Record<string, unknown> = {}) {
  const { key } = await administer<{ key: string }>("/key/generate", {
    key_alias: fresh("smoke-temporary").replace(" ", "-"),
    models: stack.models,
    max_budget: 1,
    metadata,
  });
  return { key, remove: () => administer("/key/delete", { keys: [key] }) };
}
