"""Who asks, as far as the request itself says. LiteLLM's hooks know more and win."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from typing import Any

MAX_TEXT = 256
MAX_PATH = 300
MASTER_KEY = "litellm_proxy_master_key"
_KEY_HEADERS = ("authorization", "x-litellm-api-key", "x-api-key", "api-key", "x-goog-api-key")
_HEADERS = frozenset(name.encode() for name in (*_KEY_HEADERS, "x-forwarded-for", "user-agent"))


def key_hash(headers: Mapping[str, str]) -> str | None:
    """SHA-256 of the virtual key that came along, which is how LiteLLM names keys. Never the key."""
    for name in _KEY_HEADERS:
        if value := headers.get(name):
            key = value[7:] if value[:7].lower() == "bearer " else value
            return hash_key(key.strip())
    return None


def hash_key(key: str) -> str:
    """How LiteLLM names a key: its SHA-256, and the master key by a word."""
    if key == os.environ.get("LITELLM_MASTER_KEY"):
        return MASTER_KEY
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def safe_path(path: str) -> str:
    """A path for the log: a key in it, as in /key/sk-…/regenerate, replaced by its hash."""
    if "sk-" in path:
        path = "/".join(hash_key(part) if part.startswith("sk-") else part for part in path.split("/"))
    return path[:MAX_PATH]


def client_ip(headers: Mapping[str, str], peer: object) -> str | None:
    """The client's address: what the front door appended to X-Forwarded-For; a client can invent what is before it."""
    if forwarded := headers.get("x-forwarded-for"):
        return forwarded.rsplit(",", 1)[-1].strip()[:MAX_TEXT]
    return str(peer[0]) if isinstance(peer, list | tuple) and peer else None


def from_headers(raw: Iterable[tuple[bytes, bytes]], peer: object) -> dict[str, Any]:
    """Facts of a line.

    :param raw: as ASGI hands them over, names in lower case
    """
    headers = {name.decode(): value.decode("latin-1") for name, value in raw if name in _HEADERS}
    facts = {"key_hash": key_hash(headers), "ip": client_ip(headers, peer), "user_agent": headers.get("user-agent")}
    return {name: value[:MAX_TEXT] for name, value in facts.items() if value}
