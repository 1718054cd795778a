import { execFileSync } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { categoriesModule, categoriesTarget } from "./categories.ts";

// Builds the package into dist: node client/scripts/build.ts

const folder = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${folder}/dist`, { recursive: true, force: true });
writeFileSync(categoriesTarget, categoriesModule());
// A package carries its licence with it.
cpSync(`${folder}/../LICENSE`, `${folder}/LICENSE`);
execFileSync("tsc", ["--project", "tsconfig.build.json"], { cwd: folder, stdio: "inherit" });
