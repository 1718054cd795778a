import { createInterface } from "node:readline";
import { UserError } from "./user-error.mjs";

/** Prisma's code for an error whose data says more. */
const USER_ERROR = 4466;

/**
 * Answers one request per line, one after the other, until the input ends.
 * @param {NodeJS.ReadableStream} input
 * @param {(message: object) => void} send
 * @param {Map<string, (params: any) => unknown>} methods
 */
export async function serveJsonRpc(input, send, methods) {
  for await (const line of createInterface({ input })) {
    if (!line.trim()) continue;
    const { id, method, params } = JSON.parse(line);
    if (!method) continue; // the CLI's answer to our `print`
    send({ jsonrpc: "2.0", id, ...(await call(methods, method, params)) });
  }
}

/**
 * @param {Map<string, (params: any) => unknown>} methods
 * @param {string} name
 * @param {any} params
 */
async function call(methods, name, params) {
  try {
    const method = methods.get(name);
    if (!method) {
      const message = `schema-engine stand-in: "${name}" needs Prisma's real schema engine`;
      throw new UserError(undefined, message);
    }
    return { result: await method(params || {}) };
  } catch (error) {
    const { message, meta, errorCode } = /** @type {any} */ (error);
    return {
      error: {
        code: USER_ERROR,
        message: "An error happened. Check the data field for details.",
        data: { is_panic: false, message, meta: meta || {}, error_code: errorCode },
      },
    };
  }
}
