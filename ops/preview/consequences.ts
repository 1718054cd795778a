import { configPair } from "./configs.ts";
import { type Consequence, risks } from "./consequence.ts";
import { ofAccessSteps } from "./meaning/access.ts";
import { ofContainers } from "./meaning/containers.ts";
import { ofData } from "./meaning/data.ts";
import { ofSetting } from "./meaning/doors.ts";
import { ofExtras } from "./meaning/extras.ts";
import { ofGuardrails } from "./meaning/guardrails.ts";
import { ofKeys } from "./meaning/keys.ts";
import { ofModels } from "./meaning/models.ts";
import { ofRelease } from "./meaning/release.ts";
import { ofRoutes } from "./meaning/routes.ts";
import type { FileChange } from "./rendered-diff.ts";
import type { Step } from "./steps.ts";

/** Everything a reviewer should weigh, the gravest first. */
export function consequences(steps: readonly Step[], changes: readonly FileChange[]): Consequence[] {
  const configs = configPair(steps);
  const found = [
    ...ofData(steps),
    ...ofKeys(steps),
    ...ofAccessSteps(steps),
    ...(configs
      ? [...ofModels(configs), ...ofRoutes(configs), ...ofGuardrails(configs), ...ofExtras(configs)]
      : []),
    ...changes.flatMap(ofSetting),
    ...ofContainers(steps),
    ...ofRelease(steps),
  ];
  const once = new Map(found.map((consequence) => [consequence.text, consequence]));
  return [...once.values()].sort(
    (a, b) => risks.indexOf(a.risk) - risks.indexOf(b.risk) || (a.text < b.text ? -1 : 1),
  );
}
