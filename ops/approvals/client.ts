import * as z from "zod";
import { UserError } from "../../infra/settings/errors.ts";
import { Approval } from "./approval.ts";
import { readEvents } from "./events.ts";

const timeoutMs = 30_000;

const Refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** What to do about an answer that says no, by its code. */
const fixes: Readonly<Record<string, string>> = {
  own_request: "ask another approver",
  already_decided: "see it: npm run approvals -- show ID --stack NAME",
  unknown: "list what there is: npm run approvals -- list --stack NAME",
  audit_unavailable: "see the audit writer's log, then decide again",
  approvals_unavailable: "see whether Redis and LiteLLM of the stack are up",
};

/** The approvals service of one stack. */
export class ApprovalsClient {
  private readonly url: string;
  private readonly key: string;

  /** @param key an approver's key: secret, sent as a header only */
  constructor(url: string, key: string) {
    this.url = url.replace(/\/$/, "");
    this.key = key;
  }

  async list(status?: string): Promise<Approval[]> {
    const query = status === undefined ? "" : `?status=${encodeURIComponent(status)}`;
    const body = await this.ask("GET", `/api/approvals${query}`);
    return z.object({ approvals: z.array(Approval) }).parse(body).approvals;
  }

  async show(id: string): Promise<Approval> {
    return Approval.parse(await this.ask("GET", `/api/approvals/${encodeURIComponent(id)}`));
  }

  async decide(verb: "approve" | "deny", id: string, reason: string): Promise<Approval> {
    return Approval.parse(
      await this.ask("POST", `/api/approvals/${encodeURIComponent(id)}/${verb}`, { reason }),
    );
  }

  /**
   * What is pending, then every change, until the signal aborts.
   * @throws UserError when the service ends it
   */
  async *watch(signal: AbortSignal): AsyncGenerator<Approval> {
    const response = await this.fetch("/api/watch", { signal });
    if (!response.ok || response.body === null) throw await refusal(response);
    for await (const { event, data } of readEvents(response.body)) {
      if (event !== "end") yield Approval.parse(JSON.parse(data));
      else throw new UserError(`the service stopped the watch: ${data}`, "watch again");
    }
    if (!signal.aborted) throw new UserError("the service closed the watch", "watch again");
  }

  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.fetch(path, {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw await refusal(response);
    return response.json();
  }

  private async fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      // Never followed: the key must not travel elsewhere.
      return await fetch(`${this.url}${path}`, {
        ...init,
        redirect: "error",
        headers: { authorization: `Bearer ${this.key}`, "content-type": "application/json" },
      });
    } catch (error) {
      const { cause, name } = error as Error & { readonly cause?: { code?: string; message?: string } };
      const why = cause?.code ?? cause?.message ?? name;
      throw new UserError(
        `the approvals service at ${this.url} does not answer (${why})`,
        "see whether its container runs: docker ps",
      );
    }
  }
}

async function refusal(response: Response): Promise<UserError> {
  const parsed = Refusal.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    return new UserError(`the approvals service answers ${response.status}`, "see its container's log");
  }
  const { code, message } = parsed.data.error;
  return new UserError(message, fixes[code] ?? "see docs/approvals.md");
}
