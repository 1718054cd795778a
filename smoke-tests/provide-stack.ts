import type { TestProject } from "vitest/node";
import type { StackOutputs } from "../infra/outputs.ts";
import { projectRoot } from "../ops/paths.ts";
import { readOutputs } from "../ops/stack-outputs.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly stack: StackOutputs;
  }
}

/** Reads the outputs once; they reach the tests in memory, since they hold keys. */
export async function setup(project: TestProject): Promise<void> {
  const stack = process.env["CERBERUS_STACK"];
  if (!stack) throw new Error("name the stack: npm run smoke -- --stack dev");
  project.provide("stack", await readOutputs(projectRoot, stack));
}
