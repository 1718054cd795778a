"""The safety checks' outer part: an ASGI middleware around LiteLLM.

LiteLLM shows a guardrail neither the method nor the headers of a pass-through request, and none of its answer. This
middleware keeps the former for the guardrail, and filters the answer when the guardrail asks for it. It touches nothing
else.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from cerberus_gateway.record import verdict
from cerberus_gateway.refusal import refusal
from cerberus_gateway.safety.content import ScanTooSlowError
from cerberus_gateway.safety.decisions import blocked
from cerberus_gateway.safety.settings import Profile
from cerberus_gateway.safety.stream import BlockedError, HoldBack
from cerberus_gateway.safety.survey import survey

type Message = MutableMapping[str, Any]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[MutableMapping[str, Any], Callable[[], Awaitable[Message]], Send], Awaitable[None]]

# An answer that is not streamed is kept until it is complete; pass-through answers are far smaller.
_LONGEST_ANSWER: Final = 64 * 1024 * 1024
_NO_TEXT: Final = ("image/", "audio/", "video/", "application/octet-stream", "application/pdf")


@dataclass(slots=True)
class Edge:
    """What the middleware knows of a request, and what the guardrail asks it to do."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    """Names in lower case."""
    filter_with: Profile | None = None
    """Set by the guardrail: the profile whose content filter the answer has to pass."""


current_edge: ContextVar[Edge | None] = ContextVar("cerberus_edge", default=None)


class SafetyEdge:
    """Wraps LiteLLM's ASGI app."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        edge = Edge(scope["method"], scope["path"], headers)
        token = current_edge.set(edge)
        try:
            await self._app(scope, receive, _FilteredAnswer(edge, send))
        finally:
            current_edge.reset(token)


class _FilteredAnswer:
    """A `send` that lets an answer through once its text has been looked at."""

    def __init__(self, edge: Edge, send: Send) -> None:
        self._edge = edge
        self._send = send
        self._start: Message | None = None
        self._parts: list[bytes] = []
        self._length = 0
        self._stream: HoldBack | None = None
        self._through = False
        self._ended = False

    async def __call__(self, message: Message) -> None:
        if self._through or self._edge.filter_with is None:
            await self._send(message)
        elif message["type"] == "http.response.start":
            await self._begin(message, self._edge.filter_with)
        elif message["type"] == "http.response.body" and not self._ended:
            await self._body(message.get("body", b""), last=not message.get("more_body", False))

    async def _begin(self, message: Message, profile: Profile) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]}
        kind = headers.get("content-type", "")
        if message["status"] >= 400 or kind.startswith(_NO_TEXT):  # noqa: PLR2004 - errors are no model's text
            self._through = True
            await self._send(message)
        elif headers.get("content-encoding", "identity") != "identity" or kind.startswith("application/vnd."):
            await self._refuse(
                "safety_unavailable", "answers of this form can't be filtered; ask for another or use /v1"
            )
        elif kind.startswith("text/event-stream"):
            self._stream = HoldBack(profile.content, profile.look_back)
            await self._send(message)
        else:
            self._start = message

    async def _body(self, part: bytes, *, last: bool) -> None:
        if self._stream is not None:
            await self._streamed(self._stream, part, last=last)
            return
        self._parts.append(part)
        self._length += len(part)
        if self._length > _LONGEST_ANSWER:
            await self._refuse("safety_unavailable", "the answer is too long to be filtered")
        elif last:
            await self._complete(b"".join(self._parts))

    async def _streamed(self, stream: HoldBack, part: bytes, *, last: bool) -> None:
        try:
            ready = [*stream.push(part), *(stream.finish() if last else ())]
        except BlockedError as found:
            await self._end(blocked(found.match, "answer").detail)
        except (ScanTooSlowError, ValueError):
            await self._end(refusal("safety_unavailable", "the answer can't be filtered").detail)
        else:
            await self._send({"type": "http.response.body", "body": b"".join(ready), "more_body": not last})

    async def _end(self, detail: Any) -> None:  # noqa: ANN401
        """Ends a stream with an error event."""
        self._ended = True
        event = f"event: error\ndata: {json.dumps({'type': 'error', 'error': detail})}\n\n"
        await self._send({"type": "http.response.body", "body": event.encode(), "more_body": False})

    async def _complete(self, body: bytes) -> None:
        profile = self._edge.filter_with
        if profile is None or self._start is None:
            return
        try:
            text = survey({"answer": json.loads(body)}).text()
        except ValueError:
            text = body.decode("utf-8", "replace")
        try:
            match = await profile.content.find(text)
        except ScanTooSlowError:
            await self._refuse("safety_unavailable", "the answer can't be filtered")
            return
        if match is not None:
            error = blocked(match, "answer")
            await self._answer(error.status_code, error.detail)
            return
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def _refuse(self, code: Any, message: str) -> None:  # noqa: ANN401
        error = refusal(code, message)
        verdict("cerberus_safety", "error", code=code)
        await self._answer(error.status_code, error.detail)

    async def _answer(self, status: int, detail: Any) -> None:  # noqa: ANN401
        self._ended = True
        body = json.dumps({"error": detail}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})
