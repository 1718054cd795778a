import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { definitionsFile } from "../infra/settings/definitions-file.ts";
import { UserError } from "../infra/settings/errors.ts";
import { writeFileAtomic } from "./files.ts";
import { importText } from "./import/report.ts";
import { importSetup } from "./import/run.ts";
import { projectRoot } from "./paths.ts";

/** Exit code of an import with something to say; 0 is a clean one, 1 refused. */
const withFindings = 2;

interface ImportOptions {
  readonly out: string;
  readonly json?: boolean;
  readonly force?: boolean;
}

export function registerImport(program: Command): void {
  program
    .command("import")
    .description(
      "turn an existing LiteLLM set-up into gateway.yaml, and list what is wrong with it; exit code 0 = clean, " +
        "2 = imported with findings, 1 = refused",
    )
    .argument("<path...>", "config.yaml (or JSON), docker-compose.yml or .env; several belong to one set-up")
    .option("--out <file>", "where the definitions go", `${projectRoot}/${definitionsFile}`)
    .option("--force", "overwrite it if it is there")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
A compose file leads to its configuration, its env files and the .env beside it; a configuration to its includes.
Secrets are never printed and never written: only their names and places are.

Examples:
  npm run import -- ~/litellm/docker-compose.yml
  npm run import -- config.yaml .env --out /tmp/gateway.yaml`,
    )
    .action((paths: string[], { out, json, force }: ImportOptions) => {
      // npm changes into the project's folder; paths are meant from where it was called.
      const folder = process.env["INIT_CWD"] ?? process.cwd();
      const file = resolve(folder, out);
      const result = importSetup(paths, folder, new Date().toISOString().slice(0, 10));
      if (result.gateway !== undefined) {
        if (existsSync(file) && !force) {
          throw new UserError(
            `${file} is there already`,
            "name another one with --out, or overwrite it with --force",
          );
        }
        writeFileAtomic(file, result.gateway, 0o644);
      }
      const written = result.gateway === undefined ? undefined : file;
      process.stdout.write(
        json ? `${JSON.stringify({ written, ...result }, null, 2)}\n` : importText(result, written),
      );
      if (result.findings.length > 0) process.exitCode = withFindings;
    });
}
