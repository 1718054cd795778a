"""A LiteLLM, a log and a client around the middleware, and the order in which things happen between them."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

from cerberus_gateway.audit.client import AuditUnavailable
from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.middleware import AuditMiddleware
from cerberus_gateway.audit.open_requests import state
from starlette.types import Message, Receive, Scope, Send

type App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Log:
    """Stands in for the client of the writer: notes lines in the order of everything that happens."""

    def __init__(self, content: str = "digest") -> None:
        self.settings = SimpleNamespace(content=content)
        self.refuses = True
        self.is_ready = True
        self.takes = {"started", "outcome"}
        self.happened: list[str] = []
        self.lines: list[Line] = []

    async def ready(self) -> bool:
        return self.is_ready

    async def started(self, line: Line) -> None:
        await self._take("started", line)

    async def outcome(self, line: Line) -> None:
        await self._take("outcome", line)

    def post(self, line: Line) -> None:
        self.lines.append(line)

    async def _take(self, kind: str, line: Line) -> None:
        await asyncio.sleep(0)
        if kind not in self.takes:
            raise AuditUnavailable
        self.happened.append(kind)
        self.lines.append(line)


async def call(  # noqa: PLR0913
    app: App,
    log: Log,
    *,
    path: str = "/v1/chat/completions",
    method: str = "POST",
    body: bytes = b'{"model":"m","messages":[]}',
    headers: dict[str, str] | None = None,
    leaves: bool = False,
) -> list[Message]:
    """Sends one request through the middleware. `leaves`: the client goes away after its request."""
    sent: list[Message] = []
    incoming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if incoming:
            return incoming.pop(0)
        if leaves:
            return {"type": "http.disconnect"}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        log.happened.append(f"sent {message['type'].rsplit('.', 1)[1]}")
        sent.append(message)

    scope = {
        "type": "http",
        "path": path,
        "method": method,
        "query_string": b"",
        "client": ("10.0.0.9", 1),
        "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
    }
    await AuditMiddleware(app, log)(scope, receive, send)  # type: ignore[arg-type]
    return sent


def answers(body: bytes, status: int = 200, headers: dict[bytes, bytes] | None = None, *, parts: int = 1) -> App:
    """An app that reads its request and answers at once."""

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        fields = {b"content-type": b"application/json", b"content-length": b"%d" % len(body)} | (headers or {})
        await send({"type": "http.response.start", "status": status, "headers": list(fields.items())})
        if parts == 1:
            await send({"type": "http.response.body", "body": body})
        else:
            await send({"type": "http.response.body", "body": body, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return app


def streams(*chunks: bytes, then: BaseException | None = None) -> App:
    """An app that answers with server-sent events; the log hook comes when they are out."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        call_id = dict(scope["headers"])[b"x-litellm-call-id"].decode()
        asyncio.get_running_loop().call_later(0.01, logged, call_id)
        if then is not None:
            raise then
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return app


def logged(call_id: str) -> None:
    opened = state.requests[call_id]
    opened.record.facts["cost_usd"] = 0.25
    opened.logged.set()


PRICED = {b"x-litellm-response-cost": b"0.5"}
