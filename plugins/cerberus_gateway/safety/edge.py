"""The safety checks' outer part: an ASGI middleware around LiteLLM.

It does what a guardrail can't. LiteLLM breaks on many malformed bodies before a guardrail sees them, writes a refusal
differently on every route, and shows a guardrail neither the headers of a pass-through request nor its answer.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import HTTPException

from cerberus_gateway.safety.answer import Answer
from cerberus_gateway.safety.received import check_received
from cerberus_gateway.safety.reserved import check_reserved
from cerberus_gateway.safety.settings import Profile

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Message, Receive, Send], Awaitable[None]]


@dataclass(slots=True)
class Edge:
    """What the middleware knows of a request, and what the guardrail tells it."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    """Names in lower case."""
    filter_with: Profile | None = None
    """Set by the guardrail: the profile whose content filter the answer has to pass."""
    refusal: HTTPException | None = None
    """Set by the guardrail when it refused the request."""


current_edge: ContextVar[Edge | None] = ContextVar("cerberus_edge", default=None)


class SafetyEdge:
    """Wraps LiteLLM's ASGI app.

    The audit log's middleware belongs outside of it, so that it sees these refusals too.
    """

    def __init__(self, app: App) -> None:
        self._app: Final = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        edge = Edge(scope["method"], scope["path"], headers)
        answer = Answer(edge, send)
        token = current_edge.set(edge)
        try:
            received = await check_reserved(edge.method, edge.path, headers, receive)
            received = await check_received(edge.method, edge.path, headers.get("content-type", ""), received)
        except HTTPException as error:
            await answer.refuse(error)
        else:
            await self._app(scope, received, answer)
        finally:
            current_edge.reset(token)
