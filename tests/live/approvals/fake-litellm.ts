// The part of LiteLLM that the approvals service asks, with a few keys: answers as a real 1.106.2 gives them.
import { createServer } from "node:http";

const master = "sk-master-of-the-test-0123456789";
const keys: Readonly<Record<string, { alias: string; user: string; approver: boolean }>> = {
  "sk-bob-approver": { alias: "bob", user: "bob", approver: true },
  "sk-alice-approver": { alias: "alice-approves", user: "alice", approver: true },
  "sk-alice-app": { alias: "alice-app", user: "alice", approver: false },
};

const answer = (path: string, key: string): [number, object] => {
  if (key === master) {
    return path === "/key/info"
      ? [404, { error: { message: "Key not found in database", type: "not_found_error", code: "404" } }]
      : [200, { user_id: "default_user_id", user_info: null, keys: [], teams: [] }];
  }
  const known = keys[key];
  if (known === undefined) return [401, { error: { type: "token_not_found_in_db", code: "401" } }];
  if (path === "/v2/user/info") return [200, { user_id: known.user, user_role: "internal_user" }];
  const info = {
    key_alias: known.alias,
    user_id: known.user,
    metadata: { cerberus_approver: known.approver },
    created_by: "default_user_id",
    status: "active",
  };
  return [200, { key: "its hash", info }];
};

createServer((request, response) => {
  const key = (request.headers.authorization ?? "").replace("Bearer ", "");
  const [status, body] = answer(request.url ?? "", key);
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}).listen(4000);
