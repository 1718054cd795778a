"""Whether the body of a request to a model can be read at all. LiteLLM answers many that can't with 500."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from cerberus_gateway.safety.calls import native_kind
from cerberus_gateway.safety.decisions import refused
from cerberus_gateway.safety.shape import check_fields

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]


async def check_received(method: str, path: str, content_type: str, receive: Receive) -> Receive:
    """Reads a body that goes to a model, and gives back a `receive` that yields it again.

    :raises HTTPException: invalid_request for a body that is no JSON object with fields of the right kind
    """
    if native_kind(method, path) in {"read", "other"} or content_type.startswith(
        ("multipart/", "application/x-www-form")
    ):
        return receive
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return _again([message], receive)
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    body = b"".join(parts)
    _check(body)
    return _again([{"type": "http.request", "body": body, "more_body": False}], receive)


def _again(messages: list[Message], receive: Receive) -> Receive:
    async def next_message() -> Message:
        return messages.pop(0) if messages else await receive()

    return next_message


def _check(body: bytes) -> None:
    if not body.strip():
        raise refused("invalid_request", "the body is empty; send a JSON object")
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # Its text names the place and no content.
        raise refused("invalid_request", f"the body is not JSON in UTF-8: {error}") from None
    if not isinstance(fields, dict):
        raise refused("invalid_request", f"the body must be a JSON object; found a {type(fields).__name__}")
    check_fields(fields)
