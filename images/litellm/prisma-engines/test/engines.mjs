import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "./postgres.mjs";

const FOLDER = process.env["PRISMA_ENGINES"] ?? fileURLToPath(new URL("..", import.meta.url));
const START_DEADLINE_MS = 20_000;

/** @param {string[]} args of `schema-engine cli` */
export function schemaCli(args) {
  return execFileSync(path.join(FOLDER, "schema-engine"), ["cli", ...args], {
    encoding: "utf8",
    stdio: "pipe",
  });
}

/**
 * A schema engine that answers over JSON-RPC.
 * @param {string} schemaFile
 * @param {string} url
 */
export function startSchemaEngine(schemaFile, url) {
  const child = spawn(path.join(FOLDER, "schema-engine"), ["--datamodel", schemaFile], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  return {
    /**
     * @param {string} method
     * @param {object} [params]
     * @returns {Promise<any>} the answer, with what was printed before it
     */
    async call(method, params = {}) {
      child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params })}\n`);
      let printed = "";
      for (;;) {
        const { value } = await lines.next();
        const message = JSON.parse(value);
        if (message.method !== "print") return { ...message, printed };
        printed += message.params.content;
      }
    },
    async stop() {
      child.stdin.end();
      child.kill();
      await once(child, "exit");
    },
  };
}

/**
 * A query engine that answers over HTTP.
 * @param {string} schemaFile
 * @param {string} url
 */
export async function startQueryEngine(schemaFile, url) {
  const port = await freePort();
  const child = spawn(path.join(FOLDER, "query-engine"), ["--port", String(port)], {
    env: { ...process.env, DATABASE_URL: url, PRISMA_DML_PATH: schemaFile },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const origin = `http://127.0.0.1:${port}`;
  await waitFor(`${origin}/status`);

  /**
   * @param {string} pathname
   * @param {object} body
   * @param {string} [transaction]
   */
  async function post(pathname, body, transaction) {
    const headers = {
      "content-type": "application/json",
      ...(transaction && { "x-transaction-id": transaction }),
    };
    const response = await fetch(origin + pathname, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, text, json: text ? JSON.parse(text) : undefined };
  }

  return {
    origin,
    post,
    /**
     * @param {string} query
     * @param {string} [transaction]
     * @returns {Promise<any>}
     */
    query: async (query, transaction) => (await post("/", { query, variables: {} }, transaction)).json,
    async stop() {
      child.kill();
      const [code] = await once(child, "exit");
      return code;
    },
  };
}

/** @param {string} url */
async function waitFor(url) {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    try {
      return await fetch(url);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
