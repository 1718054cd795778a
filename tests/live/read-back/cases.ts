import { readFileSync } from "node:fs";
import { gateway } from "../../../infra/catalog/gateway.ts";
import { callbackFacts } from "../../../infra/settings/callbacks.ts";
import type { Definitions } from "../../../infra/settings/definitions.ts";
import { parseDefinitions } from "../../../infra/settings/definitions-file.ts";
import { parseSettings, type Settings } from "../../../infra/settings/parse.ts";
import { profiles } from "../../../infra/settings/profiles.ts";
import { projectRoot } from "../../../ops/paths.ts";
import { everything, everyVariable, providersOnly } from "../../corpus/everything.ts";

/** Prod wants reasons for images built here; a loader's test has one. */
const waivers = Object.fromEntries(
  ["packages-source", "CVE-2026-114612"].map((id) => [
    id,
    { reason: "test of the loader", expires: "2099-01-01" },
  ]),
);

export const settingsOf = (
  profile: string,
  definitions: Definitions,
  providers: Readonly<Record<string, string>>,
): Settings =>
  parseSettings({
    stackName: `read-back-${profile}`,
    layers: [{ profile, images: { source: "packages", waivers }, providers }],
    secretKeys: new Set(["providers"]),
    today: "2026-11-24",
    definitions,
  }).settings;

/** All but what images built from packages lack the package for; rules refuse it there. */
const installable = {
  ...everything,
  guardrails: (everything.guardrails ?? []).filter(({ type }) => type !== "hide-secrets"),
  callbacks: (everything.callbacks ?? []).filter(({ type }) => callbackFacts[type].lacks === undefined),
};

const needed = Object.fromEntries(
  Object.entries(everyVariable).filter(([name]) => !/^(OTEL|LANGFUSE)_/.test(name)),
);
const example = parseDefinitions(
  readFileSync(`${projectRoot}/config-templates/gateway.example.yaml`, "utf8"),
  "gateway.example.yaml",
);

/** Every example, fixture and profile there is → its settings. */
export const cases: Readonly<Record<string, Settings>> = {
  everything: settingsOf("dev", { value: installable, file: "everything" }, needed),
  example: settingsOf("dev", example, providersOnly),
  ...Object.fromEntries(
    Object.keys(profiles).map((profile) => [
      `catalogue-${profile}`,
      settingsOf(profile, { value: gateway, file: "infra/catalog/gateway.ts" }, providersOnly),
    ]),
  ),
};
