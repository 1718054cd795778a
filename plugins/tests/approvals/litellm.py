"""A LiteLLM that knows a few keys and answers as 1.106.2 does (recorded from a real one)."""

from dataclasses import dataclass, field
from typing import Any

import httpx

MASTER = "sk-master-0123456789abcdef"
BY_MASTER = "default_user_id"


@dataclass
class Key:
    alias: str | None = None
    user_id: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    created_by: str = BY_MASTER
    status: str = "active"


class FakeLiteLLM:
    def __init__(self) -> None:
        self.keys: dict[str, Key] = {
            "sk-alice": Key("alice-app", "alice"),
            "sk-alice-approver": Key("alice-approves", "alice", {"cerberus_approver": True}),
            "sk-bob": Key("bob", "bob", {"cerberus_approver": True}),
            "sk-admin": Key(None, "root", created_by="root"),
            "sk-self-made": Key("mallory", "mallory", {"cerberus_approver": True}, created_by="mallory"),
            "sk-text": Key("text", None, {"cerberus_approver": "true"}),
        }
        self.roles = {
            "alice": "internal_user",
            "bob": "internal_user",
            "root": "proxy_admin",
            "mallory": "internal_user",
        }
        self.calls = 0
        self.down = False

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url="http://litellm:4000", transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.down:
            message = "refused"
            raise httpx.ConnectError(message)
        key = request.headers["authorization"].removeprefix("Bearer ")
        path = request.url.path
        if key == MASTER:
            if path == "/key/info":
                return httpx.Response(404, json={"error": {"message": "Key not found", "type": "not_found_error"}})
            return httpx.Response(200, json={"user_id": BY_MASTER, "user_info": None, "keys": [], "teams": []})
        known = self.keys.get(key)
        if known is None:
            return httpx.Response(401, json={"error": {"type": "token_not_found_in_db", "code": "401"}})
        if path == "/key/info":
            info = {
                "key_alias": known.alias,
                "user_id": known.user_id,
                "metadata": known.metadata,
                "created_by": known.created_by,
                "status": known.status,
            }
            return httpx.Response(200, json={"key": "hash", "info": info})
        if path == "/v2/user/info" and known.user_id in self.roles:
            return httpx.Response(200, json={"user_id": known.user_id, "user_role": self.roles[known.user_id]})
        return httpx.Response(404, json={"error": {"message": "User not found"}})
