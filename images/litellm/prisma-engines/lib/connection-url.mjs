import { readFileSync } from "node:fs";
import { cpus } from "node:os";

const PLAIN_SSL_MODES = ["disable", "prefer", "allow"];

/**
 * @typedef {object} ConnectionSettings
 * @property {PoolConfig} poolConfig options of node-postgres
 * @property {string} schema the PostgreSQL schema of the data model
 * @property {string} address host:port, for messages
 */

/**
 * @typedef {object} PoolConfig
 * @property {string | undefined} user
 * @property {string | undefined} password
 * @property {string} host
 * @property {number} port
 * @property {string | undefined} database
 * @property {number} max
 * @property {number} connectionTimeoutMillis
 * @property {number} idleTimeoutMillis
 * @property {number} maxLifetimeSeconds
 * @property {string | undefined} options
 * @property {string | undefined} application_name
 * @property {boolean} keepAlive
 * @property {number} [query_timeout]
 * @property {SslConfig} [ssl]
 */

/**
 * @typedef {object} SslConfig
 * @property {boolean} rejectUnauthorized
 * @property {Buffer} [ca]
 * @property {() => undefined} [checkServerIdentity]
 */

/**
 * Reads Prisma's connection-string parameters.
 * @param {string} text
 * @returns {ConnectionSettings}
 */
export function parseConnectionUrl(text) {
  const url = new URL(text);
  const params = url.searchParams;
  /** @type {PoolConfig} */
  const poolConfig = {
    user: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
    host: params.get("host") || withoutBrackets(decodeURIComponent(url.hostname)) || "localhost",
    port: url.port ? Number(url.port) : 5432,
    database: decodeURIComponent(url.pathname.slice(1)) || undefined,
    max: numberParam(params, "connection_limit") || cpus().length * 2 + 1,
    connectionTimeoutMillis: (numberParam(params, "pool_timeout") ?? 10) * 1000,
    idleTimeoutMillis: (numberParam(params, "max_idle_connection_lifetime") ?? 300) * 1000,
    maxLifetimeSeconds: numberParam(params, "max_connection_lifetime") || 0,
    options: params.get("options") || undefined,
    application_name: params.get("application_name") || undefined,
    keepAlive: true,
  };
  const socketTimeout = numberParam(params, "socket_timeout");
  if (socketTimeout) poolConfig.query_timeout = socketTimeout * 1000;
  const ssl = sslConfig(params);
  if (ssl) poolConfig.ssl = ssl;
  return {
    poolConfig,
    schema: params.get("schema") || "public",
    address: `${poolConfig.host}:${poolConfig.port}`,
  };
}

/** @param {string} host an IPv6 address comes in brackets */
function withoutBrackets(host) {
  return host.replace(/^\[(.*)\]$/, "$1");
}

/**
 * @param {URLSearchParams} params
 * @param {string} name
 */
function numberParam(params, name) {
  const value = Number(params.get(name));
  return params.has(name) && Number.isFinite(value) ? value : undefined;
}

/** @param {URLSearchParams} params */
function sslConfig(params) {
  const mode = params.get("sslmode");
  if (!mode || PLAIN_SSL_MODES.includes(mode)) return undefined;
  const isStrict = params.get("sslaccept") === "strict" || mode === "verify-full" || mode === "verify-ca";
  /** @type {SslConfig} */
  const ssl = { rejectUnauthorized: isStrict };
  const caFile = params.get("sslcert") || params.get("sslrootcert");
  if (caFile) ssl.ca = readFileSync(caFile);
  if (mode === "verify-ca") ssl.checkServerIdentity = () => undefined;
  return ssl;
}
