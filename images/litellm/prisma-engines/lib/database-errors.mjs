// Prisma's words for connection problems. Clients look at the codes, LiteLLM also at the texts.

/** @typedef {import("./connection-url.mjs").ConnectionSettings} ConnectionSettings */

/**
 * @typedef {object} EngineError
 * @property {string} error
 * @property {UserFacingError} user_facing_error
 */

/**
 * @typedef {object} UserFacingError
 * @property {boolean} [is_panic]
 * @property {string} message
 * @property {Record<string, unknown> | null} [meta]
 * @property {string | undefined} [error_code]
 */

/** The engine's code for an error it only knows by the number our driver adapter gave. */
const EXTERNAL_ERROR = "P2036";
const PASSWORD_REFUSED = "28P01";
const POOL_TIMEOUT = /timeout exceeded when trying to connect/;
const CONNECTION_CLOSED = /terminated|reset|closed|ECONNRESET|EPIPE/i;
const CONNECTION_REFUSED = /ECONNREFUSED/;

/**
 * @param {string} message
 * @param {string} [code]
 * @param {Record<string, unknown>} [meta]
 * @param {string} [error] what the log shows, by default the message
 * @returns {EngineError}
 */
export function engineError(message, code, meta, error) {
  return {
    error: error || message,
    user_facing_error: { is_panic: false, message, meta: meta || {}, error_code: code },
  };
}

/** @param {string} address */
export function unreachableMessage(address) {
  return (
    `Can't reach database server at \`${address}\`\n\n` +
    `Please make sure your database server is running at \`${address}\`.`
  );
}

/** @param {{ host: string, user: string | undefined }} poolConfig */
export function authenticationMessage({ host, user }) {
  return (
    `Authentication failed against database server at \`${host}\`, ` +
    `the provided database credentials for \`${user}\` are not valid.`
  );
}

/**
 * Says what the native engine would have said.
 * @param {any} error one of the engine's
 * @param {object} context
 * @param {ConnectionSettings} context.connection
 * @param {{ take(id: number): any }} context.registry where the driver adapter left the errors it numbered
 * @param {{ totalCount: number }} context.pool
 * @returns {EngineError}
 */
export function translateEngineError(error, { connection, registry, pool }) {
  const facing = error.user_facing_error;
  if (!facing) return error;
  if (facing.error_code === EXTERNAL_ERROR && facing.meta && facing.meta.id !== undefined) {
    const isPoolFull = pool.totalCount >= connection.poolConfig.max;
    return translateDriverError(registry.take(facing.meta.id), connection, isPoolFull);
  }
  facing.meta ??= {};
  return error;
}

/**
 * @param {any} cause
 * @param {ConnectionSettings} connection
 * @param {boolean} isPoolFull
 */
function translateDriverError(cause, connection, isPoolFull) {
  const reason = cause ? `${cause.message || cause.code || cause}` : "unknown";
  if (POOL_TIMEOUT.test(reason)) {
    return isPoolFull ? poolTimeout(connection) : unreachable(connection, reason);
  }
  if (cause?.code === PASSWORD_REFUSED) {
    return engineError(authenticationMessage(connection.poolConfig), "P1000", {}, reason);
  }
  if (CONNECTION_CLOSED.test(reason) && !CONNECTION_REFUSED.test(reason)) {
    return engineError("Server has closed the connection.", "P1017", {}, `connection closed: ${reason}`);
  }
  return unreachable(connection, reason);
}

/**
 * @param {ConnectionSettings} connection
 * @param {string} reason
 */
function unreachable({ address, poolConfig }, reason) {
  const meta = { database_host: poolConfig.host, database_port: poolConfig.port };
  return engineError(unreachableMessage(address), "P1001", meta, `Can't reach database server: ${reason}`);
}

/** @param {ConnectionSettings} connection */
function poolTimeout({ poolConfig }) {
  const timeout = poolConfig.connectionTimeoutMillis / 1000;
  const limit = poolConfig.max;
  return engineError(
    "Timed out fetching a new connection from the connection pool. " +
      "More info: http://pris.ly/d/connection-pool " +
      `(Current connection pool timeout: ${timeout}, connection limit: ${limit})`,
    "P2024",
    { connection_limit: limit, timeout },
  );
}
