import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * @param {string} folder
 * @returns {string[]} names of the migrations, in the order they apply
 */
export function listMigrations(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => migrationExists(folder, name))
    .sort();
}

/**
 * @param {string} folder
 * @param {string} name
 */
export function migrationExists(folder, name) {
  return existsSync(scriptPath(folder, name));
}

/**
 * @param {string} folder
 * @param {string} name
 * @returns {{ script: string, checksum: string }}
 */
export function readMigration(folder, name) {
  const content = readFileSync(scriptPath(folder, name));
  return { script: content.toString(), checksum: createHash("sha256").update(content).digest("hex") };
}

/**
 * @param {string} folder
 * @param {string} name
 */
function scriptPath(folder, name) {
  return path.join(folder, name, "migration.sql");
}
