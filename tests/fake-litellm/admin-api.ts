import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Row = Record<string, unknown>;
type Body = Record<string, unknown>;

/** LiteLLM's admin API as it really behaves, in memory: what it merges, ignores, refuses and deletes along (1.106.2). */
export class FakeAdminApi {
  readonly tables = {
    budgets: new Map<string, Row>(),
    teams: new Map<string, Row>(),
    users: new Map<string, Row>(),
    customers: new Map<string, Row>(),
    keys: new Map<string, Row>(),
  };
  /** Every change that was asked for: path and body. */
  readonly calls: { readonly path: string; readonly body: Body }[] = [];
  /** Answers for the next requests in place of what would be said; undefined hangs up. */
  readonly faults: (number | undefined)[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer(async (request, response) => {
      let text = "";
      for await (const part of request) text += String(part);
      const url = new URL(request.url ?? "/", "http://fake");
      if (this.faults.length > 0) {
        const fault = this.faults.shift();
        if (fault === undefined) request.socket.destroy();
        else response.writeHead(fault).end("{}");
        return;
      }
      const body = text === "" ? {} : (JSON.parse(text) as Body);
      if (request.method === "POST") this.calls.push({ path: url.pathname, body });
      const [status, answer] = this.answer(url, body);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(url: URL, body: Body): [number, unknown] {
    const { budgets, teams, users, customers, keys } = this.tables;
    const all = (table: Map<string, Row>) => [...table.values()];
    const page = (table: Map<string, Row>, name: string, size: string) => {
      const [n, per] = [Number(url.searchParams.get("page")), Number(url.searchParams.get(size))];
      return {
        [name]: all(table).slice((n - 1) * per, n * per),
        total_pages: Math.ceil(table.size / per),
      };
    };
    const [, kind = ""] = url.pathname.split("/");
    const id = String(body[{ budget: "budget_id", team: "team_id" }[kind] ?? "user_id"]);
    switch (url.pathname) {
      case "/budget/list":
        return [200, all(budgets)];
      case "/v2/team/list":
        return [200, page(teams, "teams", "page_size")];
      case "/user/list":
        return [200, page(users, "users", "page_size")];
      case "/customer/list":
        return [200, all(customers)];
      case "/key/list":
        return [200, page(keys, "keys", "size")];
      case "/budget/new":
        return make(budgets, id, body);
      case "/team/new":
        return make(teams, id, { spend: 0, ...body });
      case "/user/new":
        return make(users, id, { spend: 0, teams: [], ...body });
      case "/customer/new":
        return make(customers, id, { spend: 0, ...body });
      case "/budget/update":
        return change(budgets, id, body);
      case "/team/update":
        return change(teams, id, body);
      case "/user/update":
        return change(users, id, notEmpty(body));
      case "/customer/update":
        return change(customers, id, body);
      case "/key/generate":
        return this.generate(body);
      case "/key/update":
        return this.updateKey(body);
      case "/key/delete":
        for (const key of body["keys"] as string[]) keys.delete(tokenOf(key));
        return [200, {}];
      case "/customer/delete":
        return remove(customers, body["user_ids"]);
      case "/user/delete":
        this.deleteKeys("user_id", body["user_ids"]);
        return remove(users, body["user_ids"]);
      case "/team/delete":
        this.deleteKeys("team_id", body["team_ids"]);
        return remove(teams, body["team_ids"]);
      case "/budget/delete":
        budgets.delete(String(body["id"]));
        return [200, null];
      case "/team/member_add":
      case "/team/member_delete":
        return this.member(url.pathname.endsWith("add"), body);
      default:
        return [404, { detail: "Not Found" }];
    }
  }

  private generate({ key, duration, ...body }: Body): [number, unknown] {
    const token = tokenOf(String(key));
    if (this.aliasTaken(body["key_alias"], token))
      return [400, { error: { message: `${String(key)}: alias already exists` } }];
    // The same value again is answered with 200, and nothing is changed.
    if (!this.tables.keys.has(token))
      this.tables.keys.set(token, { token, spend: 0, ...ends(duration), ...body });
    return [200, { key }];
  }

  private updateKey({ key, ...body }: Body): [number, unknown] {
    const token = tokenOf(String(key));
    if (this.aliasTaken(body["key_alias"], token))
      return [400, { error: { message: "alias already exists" } }];
    const { duration, ...fields } = body;
    return change(this.tables.keys, token, { ...fields, ...("duration" in body ? ends(duration) : {}) });
  }

  private aliasTaken(alias: unknown, token: string): boolean {
    const keys = [...this.tables.keys.values()];
    return alias !== undefined && keys.some((row) => row["key_alias"] === alias && row["token"] !== token);
  }

  private deleteKeys(field: string, ids: unknown): void {
    for (const [token, row] of this.tables.keys)
      if ((ids as unknown[]).includes(row[field])) this.tables.keys.delete(token);
  }

  private member(joins: boolean, body: Body): [number, unknown] {
    const [one] = (body["member"] as { user_id: string }[] | undefined) ?? [];
    const user = this.tables.users.get(one?.user_id ?? String(body["user_id"]));
    if (!user) return [404, {}];
    const others = (user["teams"] as string[]).filter((team) => team !== body["team_id"]);
    user["teams"] = joins ? [...others, body["team_id"]] : others;
    return [200, {}];
  }
}

const tokenOf = (key: string): string =>
  key.startsWith("sk-") ? createHash("sha256").update(key).digest("hex") : key;

function ends(duration: unknown): Row {
  if (typeof duration !== "string" || duration === "-1") return { expires: null };
  return { expires: new Date(Date.now() + Number.parseInt(duration, 10) * 1000).toISOString() };
}

/** LiteLLM drops empty values of a user's update, but for limits. */
const notEmpty = (body: Body): Body =>
  Object.fromEntries(
    Object.entries(body).filter(
      ([name, value]) =>
        ["max_budget", "budget_duration", "tpm_limit", "rpm_limit"].includes(name) ||
        (value !== null && !(Array.isArray(value) && value.length === 0)),
    ),
  );

function make(table: Map<string, Row>, id: string, row: Row): [number, unknown] {
  if (table.has(id)) return [400, { error: { message: `${id} already exists` } }];
  table.set(id, row);
  return [200, row];
}

function change(table: Map<string, Row>, id: string, fields: Row): [number, unknown] {
  const row = table.get(id);
  if (!row) return [404, { detail: `${id} not found` }];
  Object.assign(row, fields);
  return [200, row];
}

function remove(table: Map<string, Row>, ids: unknown): [number, unknown] {
  const wanted = ids as string[];
  if (!wanted.every((id) => table.has(id))) return [404, { detail: "not found" }];
  for (const id of wanted) table.delete(id);
  return [200, {}];
}
