import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";

/** Kept free for PostgreSQL's own superuser (3), migrations, backups and people. */
const reserved = 10;

/** Each replica opens a pool of its own; above max_connections PostgreSQL refuses, and requests fail under load only. */
export function connectionsSuffice({ replicas, database }: Settings): Problem[] {
  const { connectionsPerReplica, maxConnections } = database;
  const needed = replicas * connectionsPerReplica + reserved;
  if (needed <= maxConnections) return [];
  return [
    {
      path: "database.maxConnections",
      found: `is ${maxConnections}, and ${replicas} replicas of ${connectionsPerReplica} connections need ${needed} (${reserved} stay free for administration)`,
      fix: `pulumi config set --path database.maxConnections ${needed}`,
    },
  ];
}
