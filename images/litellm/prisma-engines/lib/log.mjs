/**
 * Writes one line in the form of Prisma's engine log.
 * @param {string} level
 * @param {string} message
 */
export function log(level, message) {
  const timestamp = new Date().toISOString();
  console.error(JSON.stringify({ timestamp, level, fields: { message }, target: "query_engine_wasm" }));
}

/** @param {any} error */
export function stackOf(error) {
  return error?.stack || error;
}
