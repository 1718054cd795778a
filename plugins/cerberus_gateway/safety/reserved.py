"""Metadata that the checks obey is set by the operator alone: LiteLLM lets every user give a new key any metadata."""

import hmac
import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

import orjson

from cerberus_gateway.safety.decisions import refused

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]

PREFIX: Final = "cerberus_"
_MANAGED: Final = ("/key", "/team", "/user", "/customer", "/end_user", "/budget", "/organization", "/project", "/tag")
_WRITES: Final = frozenset({"POST", "PUT", "PATCH"})
_MOST_DEPTH: Final = 20


async def check_reserved(method: str, path: str, headers: Mapping[str, str], receive: Receive) -> Receive:
    """Refuses metadata of ours in the body of a management request, unless the master key sends it.

    :param headers: names in lower case
    :return: a `receive` that yields the body again
    :raises HTTPException: route_not_allowed
    """
    if method not in _WRITES or not path.startswith(_MANAGED) or _is_master(headers):
        return receive
    parts: list[Message] = []
    while True:
        message = await receive()
        parts.append(message)
        if message["type"] != "http.request" or not message.get("more_body", False):
            break
    try:
        body = orjson.loads(b"".join(part.get("body", b"") for part in parts))
    except orjson.JSONDecodeError:
        body = None
    name = _reserved(body, _MOST_DEPTH)
    if name is not None:
        text = f"{name} is set by the operator's code alone; leave out metadata that begins with {PREFIX}"
        raise refused("route_not_allowed", text, param=f"metadata.{name}")

    async def again() -> Message:
        return parts.pop(0) if parts else await receive()

    return again


def _is_master(headers: Mapping[str, str]) -> bool:
    master = os.environ.get("LITELLM_MASTER_KEY", "")
    sent = headers.get("x-litellm-api-key") or headers.get("authorization", "")
    key = sent.removeprefix("Bearer ").strip()
    return bool(master) and hmac.compare_digest(key.encode(), master.encode())


def _reserved(value: object, depth: int) -> str | None:
    """A name of ours anywhere in a value; what is nested deeper than anything real counts as one."""
    if depth == 0:
        return f"{PREFIX}* (nested too deeply to be looked at)"
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.startswith(PREFIX):
                return str(name)
            if (found := _reserved(inner, depth - 1)) is not None:
                return found
    if isinstance(value, list):
        for inner in value:
            if (found := _reserved(inner, depth - 1)) is not None:
                return found
    return None
