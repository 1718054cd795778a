import type { Settings } from "../settings/parse.ts";
import { template } from "./yaml.ts";

/**
 * Text of postgresql.conf: the template with the stack's number of connections.
 * @throws Error when the template lacks the line: the setting would be lost silently
 */
export function renderPostgresConfig({ database }: Pick<Settings, "database">): string {
  const text = template("postgres/postgresql.conf");
  const line = /^max_connections = .*$/m;
  if (!line.test(text)) throw new Error("the template has no max_connections");
  return text.replace(line, `max_connections = ${database.maxConnections}`);
}
