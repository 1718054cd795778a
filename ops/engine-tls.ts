import { type EngineTls, keepTls, readTls } from "../infra/engine/tls.ts";
import { projectName } from "../infra/names.ts";
import type { Engine } from "../infra/settings/schema/engine.ts";
import { pulumi } from "./pulumi.ts";
import { saidEngine } from "./said-config.ts";

/**
 * Puts an engine's certificates where every docker command of this clone finds them; `pulumi up` does the same by itself.
 * @throws UserError when a file can't be read, or the stack's secrets can't be
 */
export async function keepEngineTls(root: string, stack: string): Promise<void> {
  const engine = saidEngine(root, stack);
  if (engine.host === undefined || engine.tls === undefined) return;
  const tls = engine.tls.key === undefined ? readTls(engine) : await decipher(root, stack, engine);
  if (tls) keepTls(root, engine.host, tls);
}

/** A key as text is a secret of the stack file. */
async function decipher(root: string, stack: string, engine: Engine): Promise<EngineTls | undefined> {
  const text = await pulumi({ root, args: ["config", "--stack", stack, "--json", "--show-secrets"] });
  const all = JSON.parse(text) as Record<string, { value?: string }>;
  const own = JSON.parse(all[`${projectName}:engine`]?.value ?? "{}") as Engine;
  return readTls({ ...engine, tls: { ...engine.tls, ...own.tls } });
}
