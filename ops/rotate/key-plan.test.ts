import { expect, test } from "vitest";
import { saidOf } from "./key.ts";
import { newValueCommand, planKey } from "./key-plan.ts";

const outputs = (keys: object, expires: string | null = null) => ({
  stackName: "prod",
  access: {
    owner: "o",
    budgets: {},
    teams: {},
    users: {},
    customers: {},
    keys: { app: { expires } },
    ignored: [],
  },
  rotation: {
    master: 1,
    db: 1,
    redis: 1,
    ui: 1,
    keys: { agent: { generation: 1, overlap: null }, ...(keys as Record<string, never>) },
  },
});
const app = (generation: number, overlap: string | null = null) => ({ app: { generation, overlap } });
const today = "2026-11-25";

test("the next generation, and the last day of the former value, are one change of the configuration", () => {
  const plan = planKey(outputs(app(1)), "app", 7, today);

  expect(plan).toMatchObject({ from: 1, to: 2, until: "2026-12-02" });
  expect(plan.changes).toEqual([
    [
      ...["set-all", "--path", "--plaintext", 'rotation.keys["app"].generation=2'],
      ...["--plaintext", 'rotation.keys["app"].overlap=2026-12-02'],
    ],
  ]);
  expect(plan.steps).toEqual([
    "generation 2 is made, with the same limits, counted from zero",
    "generation 1 stays valid up to 2026-12-02 (UTC)",
    "no container is replaced",
    "proved: every replica accepts the new value, and the former one is accepted too",
  ]);
});

test("an overlap of 0 takes an older one away, and ends the former value at once", () => {
  const plan = planKey(outputs(app(2, "2026-12-24")), "app", 0, today);

  expect(plan).toMatchObject({ from: 2, to: 3, until: undefined });
  expect(plan.changes.map(([verb]) => verb)).toEqual(["rm", "set-all"]);
  expect(plan.steps).toContain("generation 2 ends at once");
});

test("an adopted key's former value can't be tried: nobody here knows it", () => {
  const { steps } = planKey(outputs(app(0)), "app", 7, today);

  expect(steps).toContain("the value it was adopted with stays valid up to 2026-12-02 (UTC)");
  expect(steps.at(-1)).toContain("the former one is known to whoever made it");
});

test("a former value outlives neither its key nor its overlap's day", () => {
  expect(planKey(outputs(app(1), "2026-11-30"), "app", 7, today).until).toBe("2026-11-30");
  expect(planKey(outputs(app(2, "2026-11-24")), "app", 7, today).to).toBe(3);
});

test.each([
  [
    "a key that is not there",
    "ap",
    7,
    /no key of "prod" is called "ap" \(did you mean "app"\?\); there are: agent, app/,
  ],
  [
    "a second overlap while one runs: it would end the first",
    "app",
    7,
    /generation 1 of the key "app" is valid up to 2026-11-25, and another rotation would end it now/,
  ],
])("refused: %s", (_what, id, days, says) => {
  expect(() => planKey(outputs(app(2, today)), id, days, today)).toThrow(says);
});

test("how programs get the new value is said at the end", () => {
  const plan = planKey(outputs(app(1)), "app", 7, today);

  expect(saidOf(plan, { newAccepted: true, formerAccepted: true }, "prod")).toEqual([
    "the key app: generation 2 is in use; the former value stays valid up to 2026-12-02 (UTC)",
    "its new value, for programs: npm run env -- --stack prod --key app",
    "a program that still has the former one after 2026-12-02 is refused",
  ]);
  expect(newValueCommand("agent", "prod")).toBe("npm run env -- --stack prod");
});

test("a blocked key is said not to be proved", () => {
  const plan = planKey(outputs(app(1)), "app", 0, today);

  expect(saidOf(plan, { newAccepted: null, formerAccepted: null }, "prod")[0]).toBe(
    "the key app: generation 2 is in use (the key is blocked: neither value could be tried); the former value is refused",
  );
});
