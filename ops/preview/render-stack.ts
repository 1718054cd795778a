import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { gateway as catalog } from "../../infra/catalog/gateway.ts";
import { imageNames, registryReference } from "../../infra/images/catalog.ts";
import { lockFiles, readLock } from "../../infra/images/lock.ts";
import { type ImageReferences, resolveStackImages } from "../../infra/images/resolve.ts";
import { refuseGhostKeys } from "../../infra/litellm/ghost-keys.ts";
import { projectName } from "../../infra/names.ts";
import { renderFiles } from "../../infra/render/files.ts";
import { readDefinitions } from "../../infra/settings/definitions-file.ts";
import { parseSettings, type Settings } from "../../infra/settings/parse.ts";
import { readStackFile } from "../../infra/settings/stack-file.ts";
import { projectRoot } from "../paths.ts";
import { placeholderProviders } from "../placeholders.ts";
import { runToExit } from "../run.ts";
import { withoutSecrets } from "../secret-text.ts";
import type { Snapshot } from "./snapshot.ts";

// Prints what this tree's program would ask Pulumi for, as JSON: `node ops/preview/render-stack.ts <stack>`. It runs as a
// process of its own, so that the code of another commit renders that commit. No state, engine, passphrase or key is asked.

type Resource = Snapshot["resources"][number];

/** Settings of a committed stack file that are encrypted stay unknown. */
const readable = (said: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(said).filter(
      ([, value]) => !(typeof value === "object" && value !== null && "secure" in value),
    ),
  );

async function snapshot(stackName: string): Promise<Snapshot> {
  const definitions = readDefinitions(projectRoot);
  const said = readable(readStackFile(projectRoot, stackName));
  const providers = placeholderProviders(definitions?.value ?? said["gateway"] ?? catalog);
  // Optional addresses stay away: a model would seem to go elsewhere.
  const own = (said["providers"] ?? {}) as Record<string, string>;
  for (const name of optionalAddresses) if (!(name in own)) delete providers[name];
  const { settings, providerSecrets } = parseSettings({
    stackName,
    ...(definitions ? { definitions } : {}),
    layers: [said, { providers: { ...providers, ...own } }],
    secretKeys: new Set(["providers"]),
    today: new Date().toISOString().slice(0, 10),
  });
  const files = renderFiles(settings);
  refuseGhostKeys(stackName, files.litellm["config.yaml"] ?? "");
  const resources = await resourcesOf(stackName, settings, providerSecrets);
  return { format: 1, protectData: settings.protectData, resources };
}

const optionalAddresses = ["OPENAI_API_BASE", "ANTHROPIC_API_BASE", "DEEPSEEK_API_BASE"];

async function resourcesOf(
  stackName: string,
  settings: Settings,
  providerSecrets: Readonly<Record<string, string>>,
): Promise<Resource[]> {
  const made: Resource[] = [];
  const generated = { result: "generated", hex: "generated", b64Std: "generated", exitCode: 0 };
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        made.push({ type, name, inputs: withoutSecrets(inputs) as Resource["inputs"] });
        return { id: `${name}-id`, state: { ...(inputs as object), ...generated } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    projectName,
    stackName,
  );
  const { Stack } = await import("../../infra/stack.ts");
  const secrets = Object.entries(providerSecrets).map(
    ([name, value]) => [name, pulumi.secret(value)] as const,
  );
  new Stack({
    // The same for every tree: where it lies is no change.
    root: "/project",
    settings,
    providerSecrets: Object.fromEntries(secrets),
    files: renderFiles(settings),
    images: imagesOf(settings),
  });
  await pulumi.runtime.disconnect();
  return made.filter(({ type }) => !/^(cerberus|pulumi):/.test(type));
}

/** By tag, which tells the release, and by digest where a committed lock has it; this clone's own lock says nothing here. */
function imagesOf(settings: Settings): ImageReferences {
  const { images } = settings;
  if (images.source === "packages") return resolveStackImages(projectRoot, settings);
  const lock = existsSync(lockFiles(projectRoot).shared) ? readLock(projectRoot) : undefined;
  const references = imageNames.map((name) => {
    const digest = lock?.[name]?.digest;
    const tagged = registryReference(name, images.registryPrefix);
    return [name, digest === undefined ? tagged : `${tagged}@${digest}`];
  });
  return Object.fromEntries(references) as ImageReferences;
}

await runToExit(async () => {
  process.stdout.write(`${JSON.stringify(await snapshot(process.argv[2] ?? "dev"))}\n`);
});
