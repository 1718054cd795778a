import { expect, test } from "vitest";
import { defineAccess, defineGateway } from "./define.ts";

const demo = {
  name: "demo",
  provider: "demo",
  answer: "x",
  price: { inputUsdPerToken: 0, outputUsdPerToken: 0 },
} as const;

// What is marked as an error is one for the compiler: `npm run check:types` fails where it is none.

test("access names models, aliases, budgets, teams and users that are defined", () => {
  const gateway = defineGateway({
    models: [demo, { name: "openai/*", provider: "openai", model: "*" }],
    aliases: { fast: "demo" },
    access: {
      budgets: { small: { maxUsd: 5, period: "30d" } },
      teams: { research: { models: ["demo", "fast", "openai/gpt-9"], budgetId: "small" } },
      users: { ann: { teams: ["research"] } },
      keys: { app: { team: "research" }, ann: { kind: "personal", user: "ann", models: ["demo"] } },
    },
  });
  expect(Object.keys(gateway.access?.keys ?? {})).toEqual(["app", "ann"]);
});

test("and nothing else", () => {
  defineGateway({
    models: [demo],
    access: {
      budgets: { small: { maxUsd: 5, period: "30d" } },
      teams: {
        research: {
          // @ts-expect-error no such model
          models: ["dmeo"],
          // @ts-expect-error no such budget
          budgetId: "smal",
        },
      },
      users: {
        // @ts-expect-error no such team
        ann: { teams: ["reserch"] },
      },
      keys: {
        // @ts-expect-error no such user
        app: { user: "bob" },
        // @ts-expect-error no such setting
        other: { tem: "research" },
      },
    },
  });
  defineAccess({
    teams: { research: {} },
    // @ts-expect-error no such team
    keys: { app: { team: "reserch" } },
  });
});
