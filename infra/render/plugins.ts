import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FileSet } from "./files.ts";

/** Where our Python package is, seen from the Pulumi program's folder. */
export const pluginFolder = "../plugins/cerberus_gateway";

const folder = fileURLToPath(new URL(`../${pluginFolder}`, import.meta.url));

let read: FileSet | undefined;

/** Our Python package, file by file. */
export function pluginFiles(): FileSet {
  read ??= Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(py|json|html|css|svg)$/.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1))
      .sort()
      .map((path) => [path, readFileSync(`${folder}/${path}`, "utf8")]),
  );
  return read;
}
