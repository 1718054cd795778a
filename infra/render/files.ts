import { createHash } from "node:crypto";
import type { Settings } from "../settings/parse.ts";
import { budgetsFile, renderBudgets } from "./budgets.ts";
import { cerberusSettingsFile, renderCerberusSettings } from "./cerberus-settings.ts";
import { renderLitellmConfig } from "./litellm-config.ts";
import { pluginFiles } from "./plugins.ts";
import { renderPostgresConfig } from "./postgres-config.ts";
import { renderPrometheusConfig } from "./prometheus-config.ts";
import { template } from "./yaml.ts";

/** File name → text, for one volume. Non-secret by construction. */
export type FileSet = Readonly<Record<string, string>>;

/** Everything rendered for one stack, by service. */
export interface RenderedFiles {
  readonly litellm: FileSet;
  readonly migration: FileSet;
  readonly postgres: FileSet;
  readonly redisCache: FileSet;
  readonly redisCoordination: FileSet;
  readonly frontDoor: FileSet;
  readonly prometheus: FileSet;
  /** Our Python package, which the services below and LiteLLM share. */
  readonly plugins: FileSet;
  /** Services of ours that run in the LiteLLM image: audit writer, approvals. */
  readonly pluginServices: FileSet;
}

export function renderFiles(settings: Settings): RenderedFiles {
  const config = renderLitellmConfig(settings);
  const plugins = pluginFiles();
  const pluginServices = {
    // The engine mounts the package over this folder, which has to be there. By what is in it, other code is another digest.
    "cerberus_gateway/DIGEST": `${hashFiles(plugins)}\n`,
    [cerberusSettingsFile]: renderCerberusSettings(settings),
    "entrypoint.py": template("litellm/entrypoint.py"),
    "healthcheck.py": template("litellm/healthcheck.py"),
  };
  return {
    litellm: { ...pluginServices, "config.yaml": config, [budgetsFile]: renderBudgets(settings) },
    // No config.yaml: a changed model is no reason to run migrations again.
    migration: { "entrypoint.py": template("litellm/entrypoint.py") },
    postgres: { "postgresql.conf": renderPostgresConfig(settings) },
    redisCache: { "redis.conf": template("redis/redis-cache.conf") },
    redisCoordination: { "redis.conf": template("redis/redis-coordination.conf") },
    frontDoor: { "haproxy.cfg": template("haproxy/haproxy.cfg") },
    prometheus: { "prometheus.yml": renderPrometheusConfig(settings) },
    plugins,
    pluginServices,
  };
}

/** Content hash of a file set (first 12 hex digits of SHA-256 over names and texts). */
export function hashFiles(files: FileSet): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(files).sort()) hash.update(`${name}\0${files[name]}\0`);
  return hash.digest("hex").slice(0, 12);
}
