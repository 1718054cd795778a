import { readFileSync } from "node:fs";
import { serveJsonRpc } from "./json-rpc.mjs";
import { runCli } from "./schema-engine-cli.mjs";
import { createSchemaMethods } from "./schema-methods.mjs";

/**
 * Stands in for Prisma's schema engine for what LiteLLM needs of the Prisma CLI: `migrate deploy`,
 * `resolve`, `status` and `diff`, `db push` and `db execute`.
 * @param {string[]} args of the command line
 */
export async function startSchemaEngine(args) {
  try {
    await (args[0] === "cli" ? runCli(args) : runRpc(args));
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}

/** @param {string[]} args */
async function runRpc(args) {
  const option = args.findIndex((arg) => arg === "-d" || arg === "--datamodel");
  const schemaText = option >= 0 ? readFileSync(/** @type {string} */ (args[option + 1]), "utf8") : "";
  const print = (/** @type {string} */ content) =>
    send({ jsonrpc: "2.0", id: "print-1", method: "print", params: { content } });
  await serveJsonRpc(process.stdin, send, createSchemaMethods(schemaText, print));
}

/** @param {object} message */
function send(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
