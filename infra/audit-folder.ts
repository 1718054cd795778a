import type { Settings } from "./settings/parse.ts";

/** Where the audit log of a local engine is; another engine keeps it in a volume of its own. */
export function auditFolder(
  root: string,
  { stackName, engine, audit }: Settings,
): { path: string; link: string } | null {
  const local = engine.host === undefined || engine.host.startsWith("unix://");
  if ((audit.storage ?? (local ? "host" : "volume")) === "volume") return null;
  return { path: `${root}/logs/${stackName}`, link: `${root}/logs/litellm_audit.jsonl` };
}
