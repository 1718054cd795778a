import { hosts } from "../infra/names.ts";
import { auditFolder } from "../infra/render/cerberus-settings.ts";
import { docker } from "../ops/docker.ts";
import { eventually, stack } from "./gateway.ts";

/** The parts of an audit line that the tests read. */
export interface AuditLine {
  readonly id: string;
  readonly event_type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Most recent bytes of the log that are read: far more than the smoke tests write. */
const recent = 4_000_000;

/** The log's last lines, wherever it is kept, read as its writer sees them. */
export async function auditLines(): Promise<readonly AuditLine[]> {
  const log = `${auditFolder}/litellm_audit.jsonl`;
  const text = await docker(
    ["exec", `${stack.stackName}-${hosts.audit}`, "tail", "--bytes", String(recent), log],
    { host: stack.dockerHost },
  );
  const lines = text.split("\n").slice(0, -1);
  // The first one may have been cut by `tail`.
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as AuditLine);
}

/** Lines of one request, by the id that the gateway's answer carried; asked until there is one. */
export function linesOf(callId: string | null): Promise<readonly AuditLine[]> {
  return eventually(
    async () => (await auditLines()).filter(({ data, id }) => id === callId || data["call_id"] === callId),
    (lines) => lines.length > 0,
  );
}
