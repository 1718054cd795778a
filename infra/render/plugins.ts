import { readdirSync, readFileSync } from "node:fs";
import type { FileSet } from "./files.ts";

const folder = new URL("../../plugins/", import.meta.url);
const packageName = "cerberus_gateway";

let read: FileSet | undefined;

/** Our Python package, file by file: mounted beside what its user reads. */
export function pluginFiles(): FileSet {
  read ??= Object.fromEntries(
    readdirSync(new URL(packageName, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(py|json|html|css|svg)$/.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.pathname.length))
      .sort()
      .map((path) => [path, readFileSync(new URL(path, folder), "utf8")]),
  );
  return read;
}
