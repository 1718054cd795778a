import { UserError } from "../../infra/settings/errors.ts";

export interface Api {
  /** For messages. */
  readonly service: string;
  readonly url: string;
  /** Authorisation; never printed. */
  readonly headers: Readonly<Record<string, string>>;
  /** What to do when the token may not do this. */
  readonly forbiddenFix: string;
}

/**
 * One request to a forge's API, 30 seconds at most.
 * @throws UserError with its own words, and the fix where the token is the cause
 */
export async function ask<T>(api: Api, method: string, path: string, body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(api.url + path, {
      method,
      headers: { ...api.headers, "content-type": "application/json", "user-agent": "cerberus-gateway" },
      signal: AbortSignal.timeout(30_000),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  } catch (error) {
    throw new UserError(
      `${api.service} does not answer at ${api.url}: ${reason(error)}`,
      "run the job again; behind a proxy, let the runner reach it",
    );
  }
  if (response.ok) return (await response.json()) as T;
  const said = (await response.text()).slice(0, 300);
  const refused = [401, 403, 404].includes(response.status);
  throw new UserError(
    `${api.service} answered ${response.status} to ${method} ${path.split("?")[0]}: ${said}`,
    refused ? api.forbiddenFix : "run the job again",
  );
}

function reason(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
