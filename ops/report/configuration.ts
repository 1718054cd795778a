import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { parse } from "yaml";
import * as z from "zod";
import { engineName, mountPaths, replicaHost } from "../../infra/names.ts";
import { UserError } from "../../infra/settings/errors.ts";
import { docker } from "../docker.ts";

const Section = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((section) => section ?? {});

/** The parts of the deployed config.yaml that the report judges; the file as a whole is LiteLLM's. */
const ConfigYaml = z.looseObject({
  model_list: z.array(z.looseObject({ litellm_params: Section })).nullish(),
  guardrails: z
    .array(
      z.looseObject({
        guardrail_name: z.string(),
        litellm_params: z.looseObject({
          guardrail: z.string(),
          mode: z.union([z.string(), z.array(z.string())]).optional(),
          default_on: z.boolean().default(false),
          safety: Section,
        }),
      }),
    )
    .nullish()
    .transform((rows) => rows ?? []),
  litellm_settings: Section,
  general_settings: Section,
});

/** cerberus.json: settings of the gateway's own parts. */
const CerberusJson = z.looseObject({
  image: z.string().optional(),
  config_hash: z.string().optional(),
  audit: z.looseObject({ when_unavailable: z.string(), content: z.string() }).nullish(),
  writer: z.looseObject({ retention_days: z.number(), checkpoint_lines: z.number() }).nullish(),
  approvals: z.looseObject({ four_eyes: z.boolean(), ttl_seconds: z.number() }).nullish(),
});

/** What a stack runs with, by the files that its containers read. Holds no secret: those are named in it only. */
export interface Configuration {
  readonly config: z.infer<typeof ConfigYaml>;
  readonly cerberus: z.infer<typeof CerberusJson>;
}

const files = ["config.yaml", "cerberus.json"] as const;

/**
 * Reads config.yaml and cerberus.json from a folder.
 * @throws UserError when one is missing or is not what it should be
 */
export function readConfiguration(folder: string): Configuration {
  const read = <T>(name: (typeof files)[number], schema: z.ZodType<T>): T => {
    const file = `${folder}/${name}`;
    if (!existsSync(file)) {
      throw new UserError(
        `${file} is missing`,
        "name the folder that holds config.yaml and cerberus.json: --config <folder>",
      );
    }
    const result = schema.safeParse(parse(readFileSync(file, "utf8")));
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    throw new UserError(
      `${file}: ${issue?.path.join(".")}: ${issue?.message}`,
      "take the file as the stack renders it, from /etc/cerberus of a LiteLLM container",
    );
  };
  return { config: read("config.yaml", ConfigYaml), cerberus: read("cerberus.json", CerberusJson) };
}

/**
 * Reads what a stack's first LiteLLM container really runs with.
 * @throws UserError when it can't be reached
 */
export async function deployedConfiguration(stack: string, host: string): Promise<Configuration> {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-report-`);
  try {
    const container = engineName(stack, replicaHost(1));
    for (const name of files)
      await docker(["cp", "-L", `${container}:${mountPaths.config}/${name}`, folder], { host });
    return readConfiguration(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
