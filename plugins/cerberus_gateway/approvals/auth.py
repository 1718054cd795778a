"""Who is asking: a key is looked up at LiteLLM, and the answer is kept for half a minute.

What LiteLLM 1.106.2 lets a key learn of itself (run): `/key/info` describes the calling key; only the master key
passes and yet has no row there (404, not_found_error) while `/user/info` calls it default_user_id; `/v2/user/info`
gives the role of a key's user; a blocked, expired or unknown key gets 401, and one whose `allowed_routes` leave these
out 403.

An approver is: the master key, a key of a user whose role is proxy_admin, or a key with `cerberus_approver: true` in
its metadata that was made with the master key. The last condition matters: any internal_user may make keys of their
own with whatever metadata they like; they may change none.
"""

import hashlib
import time
from dataclasses import dataclass
from typing import Any

import httpx

MASTER_USER = "default_user_id"
CACHE_SECONDS = 30.0
MOST_CACHED = 1_000
LONGEST_KEY = 512


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a valid key."""

    name: str
    """For people: alias, user, or the shortened key."""
    key_hash: str
    """SHA-256 of the key, as LiteLLM keeps it."""
    user_id: str | None
    approver: bool


class UnknownKeyError(Exception):
    """LiteLLM does not accept the key, or does not let it ask about itself. The text says which."""


class LiteLLMUnavailableError(Exception):
    """LiteLLM did not answer, or answered with an error of its own."""


class KeyCheck:
    """Checks keys at LiteLLM. Holds no key, only hashes."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._known: dict[str, tuple[float, Caller]] = {}

    def cached(self, key: str) -> Caller | None:
        """What is known of the key without asking."""
        found = self._known.get(key_hash(key))
        return found[1] if found and found[0] > time.monotonic() else None

    async def check(self, key: str) -> Caller:
        """Whose key it is.

        :raises UnknownKeyError: when LiteLLM refuses it
        :raises LiteLLMUnavailableError: when LiteLLM can't say
        """
        if known := self.cached(key):
            return known
        if not (key.isascii() and key.isprintable() and 0 < len(key) <= LONGEST_KEY):
            message = "that is not a key"
            raise UnknownKeyError(message)
        caller = await self._ask(key)
        if len(self._known) >= MOST_CACHED:
            self._known.clear()
        self._known[caller.key_hash] = (time.monotonic() + CACHE_SECONDS, caller)
        return caller

    async def _ask(self, key: str) -> Caller:
        status, body = await self._get("/key/info", key)
        if status == httpx.codes.NOT_FOUND:
            return await self._master(key)
        if status == httpx.codes.FORBIDDEN:
            message = (
                "the key may not ask LiteLLM about itself: its allowed_routes leave out /key/info and /v2/user/info"
            )
            raise UnknownKeyError(message)
        info = body.get("info")
        if status != httpx.codes.OK or not isinstance(info, dict) or info.get("status") != "active":
            message = "LiteLLM does not accept this key"
            raise UnknownKeyError(message)
        hashed = key_hash(key)
        user_id = info.get("user_id")
        flag = (info.get("metadata") or {}).get("cerberus_approver") is True
        approver = (flag and info.get("created_by") == MASTER_USER) or await self._is_admin(key, user_id)
        name = info.get("key_alias") or user_id or f"key {hashed[:8]}"
        return Caller(name=str(name), key_hash=hashed, user_id=user_id, approver=approver)

    async def _master(self, key: str) -> Caller:
        status, body = await self._get("/user/info", key)
        if status != httpx.codes.OK or body.get("user_id") != MASTER_USER:
            message = "LiteLLM knows no such key"
            raise UnknownKeyError(message)
        return Caller(name="master key", key_hash=key_hash(key), user_id=MASTER_USER, approver=True)

    async def _is_admin(self, key: str, user_id: str | None) -> bool:
        if user_id is None:
            return False
        status, body = await self._get("/v2/user/info", key)
        return status == httpx.codes.OK and body.get("user_id") == user_id and body.get("user_role") == "proxy_admin"

    async def _get(self, path: str, key: str) -> tuple[int, dict[str, Any]]:
        try:
            response = await self._client.get(path, headers={"authorization": f"Bearer {key}"})
            body = response.json()
        except (httpx.HTTPError, ValueError) as error:
            message = f"LiteLLM does not answer {path} ({type(error).__name__})"
            raise LiteLLMUnavailableError(message) from error
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            message = f"LiteLLM answers {path} with {response.status_code}"
            raise LiteLLMUnavailableError(message)
        return response.status_code, body if isinstance(body, dict) else {}


def key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
