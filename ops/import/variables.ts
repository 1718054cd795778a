import { secretNames } from "../../infra/names.ts";
import { didYouMean } from "../../infra/settings/problems.ts";
import { isSecretVariable, providerVariables } from "../../infra/settings/schema/provider-variables.ts";
import type { ImportContext } from "./draft.ts";
import type { Reporter, Steps } from "./finding.ts";

/** Variables that the gateway makes or sets itself: nobody has to bring them along. */
const own =
  /^(LITELLM_(MASTER_KEY|SALT_KEY|MODE|LOG|LOCAL_\w+|MIGRATION_DIR|NON_ROOT)|DATABASE_(URL|HOST|USERNAME|PASSWORD|NAME)|DIRECT_URL|POSTGRES_\w+|PG\w+|REDIS_\w+|UI_(USERNAME|PASSWORD)|STORE_MODEL_IN_DB|DISABLE_SCHEMA_UPDATE|PRISMA_\w+|NO_(DOCS|REDOC|OPENAPI)|JSON_LOGS|NUM_WORKERS|PORT|HOST|PROMETHEUS_\w+|CONFIG_FILE_PATH|LITELLM_BASE_URL|CERBERUS_\w+)$/;

/** Variables that only tell an import something: addresses and regions that definitions hold themselves. */
const lookedUp = /^(PRESIDIO_\w+_API_BASE|AZURE_API_VERSION|AWS_REGION(_NAME)?|VERTEXAI_\w+)$/;

/**
 * Says what becomes of one variable; its value is never shown.
 * @param more names that the set-up's configuration asks for beside the known ones
 */
export function placeVariable(
  say: Reporter,
  steps: Steps,
  name: string,
  more: ReadonlySet<string>,
  { draft, environment }: ImportContext,
): void {
  const known = providerVariables([]);
  if (known.includes(name)) {
    if (isSecretVariable(name)) draft.variables.set(name, name);
    else draft.addresses.set(name, environment.get(name) ?? "");
    return;
  }
  if (more.has(name) || own.test(name) || lookedUp.test(name)) return;
  const hint = didYouMean(name, [...known, ...Object.values(secretNames)]);
  if (hint !== "") {
    say.defect(
      "unknown-variable",
      steps,
      `no provider's variable is called ${name}${hint}`,
      "correct its name",
    );
  } else {
    say.dropped(steps, `the variable ${name} is not carried over`, "decide whether anything still needs it");
  }
}
