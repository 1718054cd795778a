import { defineConfig } from "vitest/config";

const env = { PULUMI_ERROR_OUTPUT_STRING: "1" };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{infra,ops,scripts,client}/**/*.test.ts", "tests/{upstream,corpus,chaos}/**/*.test.ts"],
          globalSetup: ["tests/own-temp.ts"],
          env,
        },
      },
      { test: { name: "component", include: ["tests/component/**/*.test.ts"], env } },
      {
        test: {
          name: "live",
          include: ["tests/live/**/*.test.ts"],
          // One engine, two cores: live files would only slow each other down.
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 1_200_000,
          env,
        },
      },
      {
        test: {
          name: "smoke",
          include: ["smoke-tests/**/*.test.ts"],
          globalSetup: ["smoke-tests/provide-stack.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
