/** One thing that test.sh runs. */
export interface Check {
  readonly name: string;
  readonly command: readonly string[];
  /** A vitest run, whose tests are counted one by one. */
  readonly vitest?: true;
}

const npm = (script: string): readonly string[] => ["npm", "run", "--silent", script];

/** In this order: what fails fastest comes first. */
export const checks: readonly Check[] = [
  { name: "format", command: npm("check:format") },
  { name: "types", command: npm("check:types") },
  { name: "lint", command: npm("check:lint") },
  { name: "unused", command: npm("check:unused") },
  { name: "python", command: ["bash", "scripts/test/python.sh"] },
  { name: "workflows", command: ["bash", "scripts/test/workflows.sh"] },
  { name: "prisma-engines", command: ["bash", "scripts/test/prisma-engines.sh"] },
  { name: "unit", command: ["vitest", "run", "--project", "unit"], vitest: true },
  { name: "component", command: ["vitest", "run", "--project", "component"], vitest: true },
  { name: "plugins", command: ["bash", "scripts/test/pytest.sh"] },
  { name: "live", command: ["vitest", "run", "--project", "live"], vitest: true },
];
