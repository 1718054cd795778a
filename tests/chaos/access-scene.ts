import type { AccessRows } from "../../infra/access/objects/plan.cjs";
import { renderAccess } from "../../infra/render/access.ts";
import { parseSettings } from "../../infra/settings/parse.ts";

const demo = {
  name: "cerberus-demo",
  provider: "demo",
  answer: "x",
  price: { inputUsdPerToken: 0, outputUsdPerToken: 0 },
} as const;

/** What definitions say of access, and a stack of its keys' generations, as the resource takes it. */
export function rowsOf(access: object, rotated: object = {}): AccessRows {
  const { settings } = parseSettings({
    stackName: "chaos",
    layers: [{ profile: "dev", rotation: { keys: rotated } }],
    secretKeys: new Set(),
    today: new Date().toISOString().slice(0, 10),
    definitions: { value: { models: [demo], access }, file: "chaos" },
  });
  return renderAccess(settings);
}

/** A set of definitions drawn at random: objects come and go, change their limits, owners, aliases and generations. */
export function scene(random: () => number, size = 12): AccessRows {
  const some = (share: number): boolean => random() < share;
  const whole = (most: number): number => 1 + Math.floor(random() * most);
  const draw = <T>(kind: string, share: number, make: (n: number) => T): Record<string, T> =>
    Object.fromEntries(
      Array.from({ length: size }, (_, n) =>
        some(share) ? [[`chaos-${kind}-${n}`, make(n)] as const] : [],
      ).flat(),
    );
  const budgets = { small: { maxUsd: whole(5), period: "30d" }, large: { maxUsd: 100, period: "30d" } };
  const limits = () => ({ rpm: whole(50), budgetId: some(0.5) ? "small" : "large" });
  const teams = draw("team", 0.7, () => ({ ...limits(), blocked: some(0.1) }));
  const anyTeam = () => Object.keys(teams)[Math.floor(random() * Object.keys(teams).length)];
  const users = draw("user", 0.5, () => ({ teams: [...new Set([anyTeam(), anyTeam()])].filter(Boolean) }));
  const keys = draw("key", 0.8, (n) => {
    const generation = whole(3);
    const team = some(0.7) ? anyTeam() : undefined;
    return {
      ...limits(),
      ...(team ? { team } : {}),
      ...(some(0.2) ? { alias: `chaos renamed ${n}` } : {}),
      ...(generation > 1 && some(0.5) ? { overlap: "2099-01-01" } : {}),
      generation,
      metadata: { round: whole(1000) },
    };
  });
  const customers = draw("customer", 0.4, () => ({ budget: { maxUsd: whole(9), period: "7d" } }));
  return rowsOf({ budgets, teams, users, keys, customers });
}
