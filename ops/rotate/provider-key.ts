import { createHash } from "node:crypto";
import * as z from "zod";
import { engineName, mountPaths, projectName, replicaHost } from "../../infra/names.ts";
import type { StackOutputs } from "../../infra/outputs.ts";
import { UserError } from "../../infra/settings/errors.ts";
import { providerFacts } from "../../infra/settings/providers.ts";
import { isSecretVariable } from "../../infra/settings/schema/provider-variables.ts";
import { dockerExec } from "../docker.ts";
import { pulumi } from "../pulumi.ts";
import { readOutputs } from "../stack-outputs.ts";
import { type Log, up } from "./rotate.ts";

const Stored = z.record(z.string(), z.looseObject({ value: z.string().optional() }));
const ModelInfo = z.looseObject({
  data: z.array(
    z.looseObject({ model_name: z.string(), litellm_params: z.looseObject({ model: z.string() }) }),
  ),
});

/**
 * Variable of a provider's key: `openai` and `OPENAI_API_KEY` mean the same.
 * @throws UserError for a provider without a key, or with more than one
 */
export function keyVariable(name: string): string {
  const facts = Object.hasOwn(providerFacts, name)
    ? providerFacts[name as keyof typeof providerFacts]
    : undefined;
  const variables = facts
    ? facts.needs.filter(isSecretVariable)
    : /^[A-Z][A-Z0-9_]*_API_KEY$/.test(name)
      ? [name]
      : [];
  const [variable, ...more] = variables;
  if (variable !== undefined && more.length === 0) return variable;
  const known = Object.keys(providerFacts).filter((provider) =>
    providerFacts[provider as keyof typeof providerFacts].needs.some(isSecretVariable),
  );
  throw new UserError(
    more.length > 0
      ? `the provider "${name}" has more than one secret: ${variables.join(", ")}`
      : `"${name}" is no provider and no variable of a provider's key`,
    more.length > 0
      ? "name the variable"
      : `use one of ${known.join(", ")}, or a variable such as OPENAI_API_KEY`,
  );
}

/** Name of a provider whose models use the variable. */
const providerPrefix = (variable: string): string | undefined =>
  Object.values(providerFacts).find(({ needs }) => (needs as readonly string[]).includes(variable))?.prefix;

/**
 * Puts a new provider key into use: stored encrypted, every replica replaced one after the other, then one small call.
 * Both keys are valid at the provider until its owner revokes the former one.
 * @throws UserError when it is the key in use, or the provider refuses it
 */
export async function rotateProviderKey(
  root: string,
  stack: string,
  variable: string,
  value: string,
  log: Log,
): Promise<void> {
  const text = await pulumi({ root, args: ["config", "--stack", stack, "--json", "--show-secrets"] });
  const stored = Stored.parse(JSON.parse(text))[`${projectName}:providers`]?.value ?? "{}";
  if ((JSON.parse(stored) as Record<string, string>)[variable] === value)
    throw new UserError(`${variable} is the key in use already`, "make a new key at the provider first");
  // Without a value on the command line Pulumi reads it from standard input: keys never stand in argv.
  const args = ["config", "set", "--stack", stack, "--secret", "--path", `providers.${variable}`];
  await pulumi({ root, args, input: value });
  log(`${variable} is stored, encrypted`);
  await up(root, stack, log);
  const outputs = await readOutputs(root, stack);
  await everyReplicaHolds(outputs, variable, value);
  log(`every replica uses the new ${variable}`);
  await providerAccepts(outputs, variable, log);
  log(`now revoke the former key at the provider`);
}

async function everyReplicaHolds(outputs: StackOutputs, variable: string, value: string): Promise<void> {
  const wanted = createHash("sha256").update(value).digest("hex");
  for (let n = 1; n <= outputs.replicas; n++) {
    const name = engineName(outputs.stackName, replicaHost(n));
    const { stdout } = await dockerExec(name, ["sha256sum", `${mountPaths.secrets}/${variable}`], {
      host: outputs.dockerHost,
    });
    if (!stdout.startsWith(wanted))
      throw new UserError(`${name} does not hold the new ${variable}`, "run pulumi up again");
  }
}

async function providerAccepts(outputs: StackOutputs, variable: string, log: Log): Promise<void> {
  const headers = { authorization: `Bearer ${outputs.masterKey}`, "content-type": "application/json" };
  const listed = await fetch(`${outputs.urls.api}/model/info`, { headers });
  const prefix = providerPrefix(variable);
  const model = ModelInfo.parse(await listed.json()).data.find(
    ({ litellm_params }) => prefix !== undefined && litellm_params.model.startsWith(`${prefix}/`),
  )?.model_name;
  if (model === undefined) {
    log(`no model could be called to prove ${variable} at its provider: call one yourself`);
    return;
  }
  const response = await fetch(`${outputs.urls.api}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify({
      model,
      messages: [{ role: "user", content: `key check ${Date.now()}` }],
      max_tokens: 16,
      disable_fallbacks: true,
      cache: { "no-cache": true },
    }),
    signal: AbortSignal.timeout(120_000),
  });
  if (response.status !== 200) {
    throw new UserError(
      `a call of "${model}" with the new ${variable} was answered ${response.status}`,
      `do not revoke the former key; put it back with the same command, or see what the provider says: docker logs ${outputs.stackName}-litellm-1`,
    );
  }
  log(`the provider answers "${model}" with the new key`);
}
