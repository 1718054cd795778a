import { gateway as catalog } from "../catalog/gateway.ts";
import type { Problem } from "./errors.ts";
import { editedFile, type Source } from "./problems.ts";

/** What an owner wrote, and where. */
export interface Definitions {
  readonly value: unknown;
  readonly file: string;
  /** Line and column of a path, where the file has them. */
  readonly locate?: (steps: readonly PropertyKey[]) => string;
}

/** The setting of a stack that stands in for gateway.yaml. */
export const gatewaySetting = "gateway";

/**
 * The one place where this stack's definitions stand: gateway.yaml, the stack's own `gateway` setting, or else the catalogue.
 * @param fromFile gateway.yaml, if there is one
 * @param fromStack the setting, if the stack has one
 * @param locate line and column of a setting in the committed stack file
 */
export function definitionsOf(
  fromFile: Definitions | undefined,
  fromStack: unknown,
  stackName: string,
  locate: Source["locate"],
  problems: Problem[],
): { readonly value: unknown; readonly file: string; readonly source: Source } {
  if (fromStack === undefined) {
    const { value, file, locate: place } = fromFile ?? { value: catalog, file: "infra/catalog/gateway.ts" };
    return { value, file, source: editedFile(file, place) };
  }
  const file = `Pulumi.${stackName}.yaml`;
  if (fromFile) {
    problems.push({
      path: gatewaySetting,
      found: `the stack has definitions of its own, and so has ${fromFile.file}: only one of them can hold`,
      fix: `remove "${gatewaySetting}" from ${file} (or pulumi config rm ${gatewaySetting}), or remove ${fromFile.file}`,
    });
  }
  const setting = (path: string): string => (path === "" ? gatewaySetting : `${gatewaySetting}.${path}`);
  const source: Source = {
    under: [gatewaySetting],
    setFix: (path) => `correct it in ${file}, or: pulumi config set --path '${setting(path)}' <value>`,
    removeFix: (path) =>
      `remove it from ${file}, or correct its spelling, or: pulumi config rm --path '${setting(path)}'`,
    ...(locate ? { locate } : {}),
  };
  return { value: fromStack, file, source };
}
