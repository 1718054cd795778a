import type { AdapterOptions } from "./adapter.ts";
import { GatewayError } from "./errors.ts";

/** The variables that `npm run env` writes. */
export interface CerberusEnv {
  /** Model of the agents, without its "litellm/". */
  readonly model: string;
  /** Limit of one session, in USD. */
  readonly priceLimitUsd: number;
  /** Turns of one session. */
  readonly maxIterations: number;
  readonly connection: Pick<AdapterOptions, "baseUrl" | "apiKey">;
}

/** Those of this process; a browser has none. */
const ownVariables = (): Record<string, string | undefined> =>
  (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env ?? {};

/**
 * Reads CERBERUS_MODEL, LITELLM_BASE_URL, LITELLM_MASTER_KEY, CERBERUS_PRICE_LIMIT and CERBERUS_MAX_ITERATIONS.
 * @throws GatewayError naming every variable that is missing or wrong
 */
export function fromEnv(env: Readonly<Record<string, string | undefined>> = ownVariables()): CerberusEnv {
  const problems: string[] = [];
  const text = (name: string, pattern: RegExp, allowed: string): string => {
    const value = env[name] ?? "";
    if (!pattern.test(value))
      problems.push(`${name} ${value === "" ? "is not set" : "is wrong"}: it must be ${allowed}`);
    return value;
  };
  const model = text(
    "CERBERUS_MODEL",
    /^litellm\/.+/,
    '"litellm/" and the name of a model, such as litellm/gpt-4o-mini',
  );
  const baseUrl = text("LITELLM_BASE_URL", /^https?:\/\/.+/, "an address, such as http://127.0.0.1:4000");
  const apiKey = text("LITELLM_MASTER_KEY", /^sk-.+/, "a key of the gateway's, which starts with sk-");
  const priceLimit = text("CERBERUS_PRICE_LIMIT", /^\d+(\.\d+)?$/, "a sum in USD, such as 100.0");
  const iterations = text("CERBERUS_MAX_ITERATIONS", /^[1-9]\d*$/, "a whole number of turns, such as 50");
  if (problems.length > 0) {
    throw new GatewayError(
      "invalid-request",
      `${problems.join("\n")}\nnpm run --silent env -- --stack <name> writes them all`,
    );
  }
  return {
    model: model.replace(/^litellm\//, ""),
    priceLimitUsd: Number(priceLimit),
    maxIterations: Number(iterations),
    connection: { baseUrl, apiKey },
  };
}
