import { looksSecret } from "../../secret-text.ts";
import type { ImportContext } from "../draft.ts";
import type { Reporter } from "../finding.ts";
import type { Parameters } from "./row.ts";
import { isLiteralSecret, variableOf } from "./secrets.ts";

/** A value with its variable looked up in the set-up's own files; undefined when they don't say, or say a secret. */
export function resolved(value: unknown, { environment }: Pick<ImportContext, "environment">): unknown {
  const variable = variableOf(value);
  if (variable === undefined) return value;
  const found = environment.get(variable);
  return found === undefined || isLiteralSecret(variable, found) ? undefined : found;
}

/** A parameter of a row that is no secret, its variable looked up. */
export const resolvedText = (
  params: Parameters,
  name: string,
  context: Pick<ImportContext, "environment">,
): string | undefined => {
  const value = resolved(params.text(name), context);
  return typeof value === "string" && !looksSecret(value) ? value : undefined;
};

/** A row names an address that can't be told. */
export const unknownAddress = Symbol("unknown address");

/**
 * The address of a row's server.
 * @param own the variable that its provider's address comes from anyway
 * @returns undefined when it names none; unknownAddress when it can't be told, which is reported
 */
export function addressOf(
  params: Parameters,
  say: Reporter,
  context: ImportContext,
  own?: string,
): string | undefined | typeof unknownAddress {
  const name = "api_base" in params.rest() ? "api_base" : "base_url";
  const written = params.text(name);
  if (written === undefined) return undefined;
  if (looksSecret(written)) {
    say.dropped(
      params.at(name),
      "the address holds a password, so the deployment is not carried over",
      "give the server a key instead, and write the address without it",
    );
    return unknownAddress;
  }
  const address = resolved(written, context);
  if (own !== undefined && variableOf(written) === own && address === undefined) return undefined;
  if (typeof address !== "string" || !URL.canParse(address)) {
    const where = variableOf(written);
    say.defect(
      "unknown-address",
      params.at(name),
      where === undefined
        ? "is no address"
        : `comes from the variable ${where}, which none of the files gives`,
      where === undefined ? "write it as http(s)://host:port" : "name the .env file that sets it as well",
    );
    return unknownAddress;
  }
  warnOfLocalhost(address, params, name, say);
  return address;
}

function warnOfLocalhost(address: string, params: Parameters, name: string, say: Reporter): void {
  if (!/^https?:\/\/(localhost|127\.|0\.0\.0\.0|\[::1\])/.test(address)) return;
  say.defect(
    "localhost-address",
    params.at(name),
    "is the container itself, seen from inside a container",
    "write the address as the containers reach it, such as http://host.docker.internal:11434",
  );
}
