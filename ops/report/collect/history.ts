import { asText } from "../../audit/condition.ts";
import type { AuditLine } from "../../audit/line.ts";
import type { Changes } from "../data.ts";

/** How the gateway itself changed: configuration, administration, starts and stops. */
export class History {
  readonly #configurations: { since: string; config_hash: string; image: string | null }[] = [];
  /** Replica → the hash it was last seen with. */
  readonly #serving = new Map<string, string>();
  readonly #admin: Changes["admin"][number][] = [];
  #starts = 0;
  #stops = 0;

  add({ event_type: type, data, timestamp }: AuditLine): void {
    if (typeof data.config_hash === "string")
      this.#configuration(data.config_hash, data.replica ?? "", timestamp, data.image);
    if (type === "gateway_started") this.#starts += 1;
    if (type === "gateway_stopped") this.#stops += 1;
    if (type === "admin_change") {
      this.#admin.push({
        timestamp,
        operation: data.operation ?? "(unknown)",
        by: data.user_id ?? data.key_alias ?? data.key_hash?.slice(0, 8) ?? "(unknown)",
        target: inWords(data.target),
      });
    }
  }

  result(): Changes {
    return {
      configurations: this.#configurations,
      admin: this.#admin,
      starts: this.#starts,
      stops: this.#stops,
    };
  }

  /** A change is when a replica goes over to a hash that no other serves yet; going back to an older one counts as well. */
  #configuration(hash: string, replica: string, since: string, image: string | null | undefined): void {
    if (this.#serving.get(replica) === hash) return;
    const newest = this.#configurations.at(-1)?.config_hash;
    this.#serving.set(replica, hash);
    if (newest !== hash) this.#configurations.push({ since, config_hash: hash, image: image ?? null });
  }
}

/** Ids of what was changed, as `key_alias: bot, team: research`. */
function inWords(target: unknown): string {
  if (typeof target !== "object" || target === null) return target === undefined ? "" : asText(target);
  return Object.entries(target)
    .map(([name, value]) => `${name}: ${asText(value)}`)
    .join(", ");
}
