import { findGhostKeys, isAnchor } from "../../../infra/litellm/ghost-keys.ts";
import type { LocatedYaml } from "../../../infra/settings/strict-yaml.ts";
import type { ImportContext } from "../draft.ts";
import { type Finding, reporter } from "../finding.ts";
import { asPlain } from "../plain.ts";
import { placeVariable } from "../variables.ts";
import { importGuardrails } from "./guardrails.ts";
import type { KeyVariables } from "./keys.ts";
import { importModels } from "./models.ts";
import { reportLiteralSecrets } from "./secrets.ts";
import { importSettings, rightSection } from "./settings.ts";

/** Sections that an import looks into; the others are named as not carried over. */
const handled = new Set([
  "model_list",
  "credential_list",
  "guardrails",
  "litellm_settings",
  "router_settings",
  "general_settings",
  "environment_variables",
  "include",
]);

/** Takes one LiteLLM config.yaml (or JSON) into the draft. */
export function importConfig(
  source: LocatedYaml,
  context: ImportContext,
  keys: KeyVariables,
  findings: Finding[],
): void {
  const say = reporter(source, findings);
  const config = asPlain(source.value);
  const ghosts = findGhostKeys(config);
  const readers = new Map(ghosts.map(({ steps, readers: names }) => [steps.join("."), names]));
  for (const { steps, found, fix, warning, readers: names } of ghosts) {
    const carried = steps.length === 2 && rightSection(names, String(steps[1]), config) !== undefined;
    const done = carried ? "; it is imported as if it stood there" : "";
    say.defect(warning ? "likely-slip" : "ghost-key", steps, found, `${fix}${done}`);
  }
  reportLiteralSecrets(say, config);
  importModels(say, config, context, keys);
  importGuardrails(say, config, context);
  importSettings(say, config, readers, context);
  for (const name of Object.keys(asPlain(config["environment_variables"]))) {
    placeVariable(say, ["environment_variables", name], name, new Set(), context);
  }
  for (const [section, value] of Object.entries(config)) {
    if (!handled.has(section) && !readers.has(section) && !isAnchor.test(section) && value !== null)
      say.dropped([section]);
  }
}
