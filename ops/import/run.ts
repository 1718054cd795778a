import { SettingsError, UserError } from "../../infra/settings/errors.ts";
import { environmentOf, importCompose } from "./compose/compose-file.ts";
import { type Draft, newDraft } from "./draft.ts";
import { importEnvFile, valuesOf } from "./env-file.ts";
import type { Finding } from "./finding.ts";
import { type Inputs, readInputs } from "./inputs.ts";
import { importConfig } from "./litellm/config.ts";
import { KeyVariables } from "./litellm/keys.ts";
import { resolveNames } from "./names.ts";
import { settle, settleRows } from "./settle.ts";
import { secretsIn, withhold } from "./withhold.ts";
import { gatewayText } from "./write-gateway.ts";

/** What an import found and made; holds no secret. */
export interface ImportResult {
  /** Files that were read, in order. */
  readonly files: readonly string[];
  /** Text of gateway.yaml; absent when no file defines models. */
  readonly gateway?: string;
  readonly counts: Readonly<Record<"models" | "aliases" | "fallbacks" | "guardrails", number>>;
  readonly findings: readonly Finding[];
  /** Settings of the stack, by path. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Secrets the gateway asks for → the variable they come from today, or where else they stand. */
  readonly variables: Readonly<Record<string, string>>;
  /** Addresses for .env. */
  readonly addresses: Readonly<Record<string, string>>;
}

/**
 * Turns an existing LiteLLM set-up into definitions; writes nothing.
 * @param folder where relative paths start
 * @param today YYYY-MM-DD
 * @throws UserError or SettingsError when there is nothing to be imported
 */
export function importSetup(paths: readonly string[], folder: string, today: string): ImportResult {
  const inputs = readInputs(paths, folder);
  const environment = new Map([
    ...inputs.envFiles.flatMap(({ text }) => [...valuesOf(text)]),
    ...inputs.composes.flatMap((source) => [...environmentOf(source)]),
  ]);
  const draft = newDraft();
  const context = { draft, environment };
  const findings: Finding[] = [];
  const keys = new KeyVariables(context);
  for (const config of inputs.configs) importConfig(config, context, keys, findings);
  if (inputs.configs.length > 0) finish(draft, today);
  const asked = new Set([...draft.variables].flat());
  for (const file of inputs.envFiles) importEnvFile(file, asked, context, findings);
  for (const compose of inputs.composes) importCompose(compose, asked, context, findings);
  const files = filesOf(inputs);
  const result: ImportResult = {
    files,
    ...(inputs.configs.length > 0 ? { gateway: gatewayText(draft, files) } : {}),
    counts: {
      models: draft.models.length,
      aliases: draft.aliases.size,
      fallbacks: Object.values(draft.fallbacks).reduce((sum, { size }) => sum + size, 0),
      guardrails: draft.guardrails.length,
    },
    findings: once(findings),
    settings: Object.fromEntries(draft.settings),
    variables: Object.fromEntries(draft.variables),
    addresses: Object.fromEntries(draft.addresses),
  };
  return withhold(result, [
    ...secretsIn(inputs.configs.map(({ value }) => value)),
    ...secretsIn(inputs.composes.map(({ value }) => value)),
    ...secretsIn(Object.fromEntries(environment)),
  ]);
}

function finish(draft: Draft, today: string): void {
  settleRows(draft, today);
  resolveNames(draft);
  const refused = settle(draft, today);
  if (refused.length === 0) return;
  if (draft.models.length > 0) throw new SettingsError("gateway.yaml", refused);
  const set = draft.setAside.map(({ value, why }) => `\n  - ${String(value["name"])}: ${why}`);
  throw new UserError(`no model can be imported${set.join("")}`, "mend the model_list, then import it again");
}

const filesOf = ({ configs, composes, envFiles }: Inputs): string[] =>
  [...configs, ...composes, ...envFiles].map(({ file }) => file);

/** Two of one kind at one place say the same. */
const once = (findings: readonly Finding[]): Finding[] => [
  ...new Map(
    findings.map((finding) => [`${finding.rule} ${finding.path} ${finding.found}`, finding]),
  ).values(),
];
