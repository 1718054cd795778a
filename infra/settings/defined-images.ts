import { gateway } from "../catalog/gateway.ts";
import type { ImageName } from "../components/context.ts";
import { imagesOf } from "../images/catalog.ts";
import { readDefinitions } from "./definitions-file.ts";
import { GatewayDefinition } from "./schema/definitions/gateway.ts";

/**
 * The images that this clone's definitions need, for commands that know no stack. Definitions that don't parse need the
 * usual ones: what is wrong with them is said by every preview.
 * @throws SettingsError when gateway.yaml is no YAML
 */
export function definedImages(root: string): ImageName[] {
  const parsed = GatewayDefinition.safeParse(readDefinitions(root)?.value ?? gateway);
  return imagesOf(parsed.success ? parsed.data : { guardrails: [] });
}
