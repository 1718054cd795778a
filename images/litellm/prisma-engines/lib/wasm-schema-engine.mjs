// Prisma's own WebAssembly schema engine (6.x) on our driver adapter: `migrate diff` and `db push`.

import { readFileSync } from "node:fs";
import pg from "pg";
import { parseConnectionUrl } from "./connection-url.mjs";
import { checkConnection } from "./database-connection.mjs";
import { schemaEngineUrl } from "./datasource.mjs";
import { DriverAdapter, ok } from "./driver-adapter.mjs";
import { UserError } from "./user-error.mjs";
import { loadWasmModule } from "./wasm-module.mjs";

const SCHEMA_FILE = "schema.prisma";
const NO_FILTERS = { externalTables: [], externalEnums: [] };
const POOL_SIZE = 2;
/** The engine wants a datasource to name, yet connects through the adapter only. */
const PLACEHOLDER_DATASOURCE = `datasource db {
  provider = "postgresql"
  url = "postgresql://unused"
}
`;

/** @typedef {{ tag: string, schema?: string, url?: string }} DiffTarget as the Prisma CLI names it */

class SchemaEngineAdapter extends DriverAdapter {
  /**
   * @param {any} pool
   * @param {string} schema
   */
  constructor(pool, schema) {
    super(pool, schema);
    this.executeScript = this.executeScript.bind(this);
    this.dispose = this.dispose.bind(this);
  }

  /** @param {string} sql */
  async executeScript(sql) {
    const outcome = await this.execute(sql);
    return outcome.ok ? ok(undefined) : outcome;
  }

  async dispose() {
    await this.client.end().catch(() => {});
    return ok(undefined);
  }
}

/**
 * @param {{ from: DiffTarget, to: DiffTarget, script: boolean, exitCode?: boolean | null }} request
 * @param {Record<string, string | undefined>} environment
 * @returns {Promise<{ stdout: string, exitCode: number }>}
 * @throws {UserError} for a target that takes a shadow database
 */
export async function diffSchemas({ from, to, script, exitCode }, environment) {
  const source = diffTarget(from, environment);
  const destination = diffTarget(to, environment);
  const url = destination.url || source.url || environment["DATABASE_URL"];
  const engine = await createEngine(/** @type {string} */ (url));
  const result = await engine.diff({
    from: source.target,
    to: destination.target,
    script,
    shadowDatabaseUrl: null,
    exitCode: exitCode ?? null,
    filters: NO_FILTERS,
  });
  return { stdout: result.stdout || "", exitCode: result.exitCode };
}

/**
 * @param {{ force: boolean, schema: string }} request
 * @param {Record<string, string | undefined>} environment
 */
export async function pushSchema({ force, schema }, environment) {
  const engine = await createEngine(schemaEngineUrl(schema, environment), schema);
  const files = [{ path: SCHEMA_FILE, content: schema }];
  return engine.schemaPush({ force, schema: { files }, filters: NO_FILTERS });
}

/**
 * @param {DiffTarget} target
 * @param {Record<string, string | undefined>} environment
 * @returns {{ target: object, url?: string | undefined }} the engine's form, and the URL of a database
 */
function diffTarget({ tag, schema = "", url }, environment) {
  if (tag === "empty") return { target: { tag: "empty" } };
  if (tag === "schemaDatamodel") {
    return { target: { tag, files: [{ path: SCHEMA_FILE, content: readFileSync(schema, "utf8") }] } };
  }
  if (tag === "url" || tag === "schemaDatasource") {
    const files = [{ path: SCHEMA_FILE, content: PLACEHOLDER_DATASOURCE }];
    return {
      target: { tag: "schemaDatasource", configDir: ".", files },
      url: tag === "url" ? url : schemaEngineUrl(readFileSync(schema, "utf8"), environment),
    };
  }
  throw new UserError(
    undefined,
    `schema-engine stand-in: diff target "${tag}" needs Prisma's real schema engine`,
  );
}

/**
 * @param {string} url
 * @param {string} [schemaText]
 */
async function createEngine(url, schemaText) {
  const wasm = await loadWasmModule("@prisma/schema-engine-wasm/schema_engine_bg", "schema_engine_bg");
  await checkConnection(url); // the engine's own error would not name the cause
  const { poolConfig, schema } = parseConnectionUrl(url);
  const pool = new pg.Pool({
    ...poolConfig,
    max: POOL_SIZE,
    query_timeout: undefined,
    options: `${poolConfig.options || ""} -c search_path="${schema}"`.trim(),
  });
  const adapter = new SchemaEngineAdapter(pool, schema);
  const factory = {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    connect: async () => ok(adapter),
    connectToShadowDb: async () => {
      throw new Error("no shadow database");
    },
    errorRegistry: { consumeError: (/** @type {number} */ id) => ({ error: adapter.errors.take(id) }) },
  };
  const datamodels = schemaText ? [[SCHEMA_FILE, schemaText]] : undefined;
  return wasm.SchemaEngine.new({ datamodels }, () => {}, factory);
}
