import type { Command } from "commander";
import * as z from "zod";
import { GatewayDefinition } from "../infra/settings/schema/definitions/gateway.ts";
import { writeFileAtomic } from "./files.ts";
import { projectRoot } from "./paths.ts";

/** Where editors find the schema of gateway.yaml. */
export const schemaFile = "docs/reference/gateway.schema.json";

/** JSON Schema of gateway.yaml, as people write it: with defaults left out. */
export function gatewaySchema(): string {
  const schema = z.toJSONSchema(GatewayDefinition, { io: "input" });
  return `${JSON.stringify({ title: "Cerberus Gateway: gateway.yaml", ...schema }, null, 2)}\n`;
}

export function registerSchema(program: Command): void {
  program
    .command("schema")
    .description(`write the JSON Schema of gateway.yaml for editors (${schemaFile})`)
    .option("--print", "print it instead")
    .action(({ print }: { print?: boolean }) => {
      if (print) process.stdout.write(gatewaySchema());
      else writeFileAtomic(`${projectRoot}/${schemaFile}`, gatewaySchema(), 0o644);
    });
}
