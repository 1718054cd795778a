"""Gives every refusal of ours the one body that clients rely on: `{"error": {type, code, message, param, …}}`.

LiteLLM wraps what a guardrail raises into an error of its own, with the refusal's fields in `provider_specific_fields`; how it does
so differs between routes and releases.
"""

import json
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cerberus_gateway.refusal import STATUS

LARGEST = 64 * 1024
"""Bytes of an answer that are looked at; a refusal is far smaller."""
FIRST_ERROR = 400


class RefusalBodies:
    """An ASGI app around another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, _Answer(send).send if scope["type"] == "http" else send)


class _Answer:
    """Holds an error until it is whole; anything else passes straight through."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= FIRST_ERROR:
            self._start = message
            return
        if self._start is None or message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        more = message.get("more_body", False)
        if more and len(self._body) <= LARGEST:
            return
        start, self._start = self._start, None
        refused = None if more else refusal_in(self._body)
        if refused is not None:
            self._body = json.dumps({"error": refused}, ensure_ascii=False).encode()
            kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
            start["headers"] = [*kept, (b"content-length", str(len(self._body)).encode())]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": self._body, "more_body": more})


def refusal_in(body: bytes) -> dict[str, Any] | None:
    """The fields of a refusal of ours inside an error of LiteLLM's; None for any other answer."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return None
    error = parsed.get("error", parsed.get("detail")) if isinstance(parsed, dict) else None
    if not isinstance(error, dict):
        return None
    inner = error.get("provider_specific_fields")
    fields = inner if isinstance(inner, dict) else error
    if fields.get("code") not in STATUS or fields.get("type") != "cerberus_refusal":
        return None
    # `error` repeats the message where LiteLLM looks for it; guardrail names are ours to choose and say nothing to a client.
    return {name: value for name, value in fields.items() if name not in {"error", "guardrail_mode"}}
