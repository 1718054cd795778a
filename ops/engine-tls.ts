import { keepTls, readTls } from "../infra/engine/tls.ts";
import { projectName } from "../infra/names.ts";
import type { Engine } from "../infra/settings/schema/engine.ts";
import { pulumi } from "./pulumi.ts";

/**
 * Puts an engine's certificates where every docker command of this clone finds them; `pulumi up` does the same by itself.
 * @param engine what the stack file says, a private key still enciphered
 * @throws UserError when a file can't be read, or the stack's secrets can't be
 */
export async function keepEngineTls(root: string, stack: string, engine: Engine): Promise<void> {
  if (engine.host === undefined || engine.tls === undefined) return;
  const whole = engine.tls.folder === undefined ? await decipher(root, stack) : engine;
  const tls = readTls(whole);
  if (tls) keepTls(root, engine.host, tls);
}

async function decipher(root: string, stack: string): Promise<Engine> {
  const text = await pulumi({ root, args: ["config", "--stack", stack, "--json", "--show-secrets"] });
  const all = JSON.parse(text) as Record<string, { value?: string }>;
  return JSON.parse(all[`${projectName}:engine`]?.value ?? "{}") as Engine;
}
