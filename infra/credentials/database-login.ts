import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

/** Owner of all tables, and the first generation's own login. */
export const databaseOwner = "litellm";

/** Role that a generation logs in as: each has one of its own, so that two are valid while the replicas change over. */
export const loginRole = (generation: number): string =>
  generation === 1 ? databaseOwner : `${databaseOwner}_g${generation}`;

/** psql over the container's own socket, where PostgreSQL asks for no password: a lost one locks nobody out. */
export const psql: readonly string[] = [
  "psql",
  "--no-psqlrc",
  "--quiet",
  "--single-transaction",
  "--set=ON_ERROR_STOP=1",
  `--username=${databaseOwner}`,
  `--dbname=${databaseOwner}`,
];

/** SQL that gives a generation its login, beside the former one; works on the owner's tables as the owner does. */
export function loginSql(generation: number, password: string): string {
  const role = loginRole(generation);
  const made =
    generation === 1
      ? ""
      : `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role}; END IF; END $$;
GRANT ${databaseOwner} TO ${role};
ALTER ROLE ${role} SET role TO '${databaseOwner}';
`;
  return `${made}ALTER ROLE ${role} LOGIN PASSWORD '${scramVerifier(password)}';\n`;
}

/** SQL that ends every other generation's login. The owner keeps its tables and the socket, and loses its password. */
export function retireSql(generation: number): string {
  const role = loginRole(generation);
  const others = `DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT rolname FROM pg_roles WHERE rolname ~ '^${databaseOwner}_g[0-9]+$' AND rolname <> '${role}' LOOP
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = r.rolname;
    EXECUTE format('DROP ROLE %I', r.rolname);
  END LOOP;
END $$;
`;
  return generation === 1 ? others : `${others}ALTER ROLE ${databaseOwner} PASSWORD NULL;\n`;
}

const iterations = 4096;

/**
 * What PostgreSQL stores for a password (RFC 5803): sent in its place, so that no server log can hold the password.
 * The salt follows from the password, which is random and long: the same text on every run, else each would be a change.
 */
export function scramVerifier(password: string): string {
  const salt = createHmac("sha256", password).update("cerberus-scram-salt").digest().subarray(0, 16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const keyOf = (name: string) => createHmac("sha256", salted).update(name).digest();
  const stored = createHash("sha256").update(keyOf("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${stored}:${keyOf("Server Key").toString("base64")}`;
}
