"""Wraps LiteLLM's app: no client gets an answer, nor the end of a stream, before the log has it on the disk.

An answer that is complete at once is held until its outcome is durable. A stream is held at its first byte until an
intent is durable, and at its last until the outcome is; what is between passes straight through. Where LiteLLM tells
that it asks a provider, the intent is committed while the provider thinks.
"""

import asyncio
import os
import re
from contextlib import suppress

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cerberus_gateway.audit.client import AuditClient, AuditUnavailable
from cerberus_gateway.audit.exchange import Exchange
from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.open_requests import OpenRequest, state
from cerberus_gateway.audit.routes import skipped
from cerberus_gateway.budgets.spend import owes
from cerberus_gateway.record import current
from cerberus_gateway.refusal import STATUS, refusal
from cerberus_gateway.safety.decisions import body_of

ENRICHMENT_SECONDS = 2.0
"""Longest an ended stream waits for LiteLLM's log hook, which alone knows its cost. It takes milliseconds."""
UNSURE_ENRICHMENT_SECONDS = 0.2
"""The same for calls that LiteLLM may not log at all, or only later."""
UNSURE_CALLS = frozenset({"pass_through", "mcp", "other", "audio", "image"})

SWITCHING_PROTOCOLS = 101
FORBIDDEN = 403
TRY_AGAIN_LATER = 1013
"""Close code of a web socket."""

LAST_WORDS = re.compile(rb'\[DONE\]|message_stop|response\.(?:completed|failed|incomplete)|^data: {"error"')
"""How the streaming APIs say that a stream is over: what holds one of these goes out after the outcome."""

ERROR = {"type": "cerberus_refusal", "code": "audit_unavailable"}
MESSAGE = "The audit log can't take requests now, so none is answered. Nothing is wrong with yours: try again later."


class CutOffError(Exception):
    """A stream was ended without its last part, because the log could not take its outcome."""


class AuditMiddleware:
    """An ASGI app around another."""

    def __init__(self, app: ASGIApp, client: AuditClient) -> None:
        self._app = app
        self._client = client
        self._salt = os.environ.get("AUDIT_SALT", "").encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"} or skipped(scope["path"]):
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, self._client.settings.content, self._salt)
        if self._client.refuses and not await self._client.ready():
            await _refuse(exchange, self._client, send, exchange.record.call_id)
            return
        call_id = exchange.record.call_id
        opened = state.requests[call_id] = OpenRequest(exchange.record)
        token = current.set(exchange.record)
        answer = Answer(exchange, self._client, send, opened)
        opened.streams = answer.intend
        try:
            await self._app(exchange.scope(scope), answer.receiving(receive), answer.send)
        except BaseException as error:
            await asyncio.shield(answer.end(error))
            raise
        else:
            if not answer.whole:
                await asyncio.shield(answer.end(None))
        finally:
            current.reset(token)
            opened.write_books()
            # Else it and the answer would hold each other until the garbage collector comes by.
            opened.streams = None
            del state.requests[call_id]


class Answer:
    """The way back to the client, with the log in it."""

    def __init__(self, exchange: Exchange, client: AuditClient, send: Send, opened: OpenRequest) -> None:
        self._exchange = exchange
        self._client = client
        self._send = send
        self._opened = opened
        self._held: list[Message] = []
        self._begun = False
        self._done = False
        self._cut = False
        self._intent: asyncio.Future[None] | None = None

    def receiving(self, receive: Receive) -> Receive:
        exchange = self._exchange

        async def wrapped() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                exchange.request.feed(message.get("body", b""))
            elif message["type"].endswith(".disconnect") and not self._done:
                exchange.disconnected = True
            return message

        return wrapped

    async def send(self, message: Message) -> None:
        """What LiteLLM sends."""
        if self._cut:
            return
        if self._done or message["type"] not in {"http.response.start", "http.response.body"}:
            await self._send_other(message)
            return
        response = self._exchange.response
        if message["type"] == "http.response.start":
            response.start(message)
            self._held.append(self._exchange.named(message))
            return
        chunk, more = message.get("body", b""), message.get("more_body", False)
        complete = not more or (response.length is not None and response.size + len(chunk) >= response.length)
        begins = bool(chunk) and not complete and not self._begun
        response.stream |= begins
        response.feed(chunk)
        if begins:
            await self._begin()
        self._held.append(message)
        if complete:
            await self._finish()
        elif self._begun and not LAST_WORDS.search(chunk):
            await self._release()

    @property
    def whole(self) -> bool:
        """Whether all was said, so that nothing is left to `end`."""
        return self._done and not self._cut

    async def end(self, error: BaseException | None) -> None:
        """LiteLLM is through with the request: whatever wasn't said yet is said now."""
        if not self._done:
            self._done = True
            await self._enriched()
            line = self._exchange.outcome("interrupted" if self._interrupted(error) else "complete", error)
            with suppress(AuditUnavailable):
                await self._client.outcome(line)
        if self._cut and self._begun and error is None:
            message = "the audit log could not take the outcome of this stream"
            raise CutOffError(message)

    def _interrupted(self, error: BaseException | None) -> bool:
        exchange = self._exchange
        if exchange.web_socket:
            return error is not None
        return exchange.disconnected or exchange.response.status != 0 or isinstance(error, asyncio.CancelledError)

    def intend(self) -> asyncio.Future[None]:
        """Has the intent committed, once; it fails where `_begin` asks, if a stream begins at all."""
        if self._intent is None:
            self._intent = asyncio.ensure_future(self._client.started(self._exchange.started()))
            self._intent.add_done_callback(lambda intent: intent.cancelled() or intent.exception())
        return self._intent

    async def _begin(self) -> None:
        """Waits until the intent is durable. Nothing has been sent yet."""
        # The end of a stream or socket waits for its books: they are not held back.
        self._opened.write_books()
        try:
            await asyncio.shield(self.intend())
        except AuditUnavailable:
            await self._withhold(self._exchange.record.call_id)
            return
        self._begun = True

    async def _finish(self) -> None:
        """Commits the outcome, then lets go what is held: all of an answer, or the end of a stream."""
        self._done = True
        await self._enriched()
        if owes():
            self._opened.write_books()
        try:
            await self._client.outcome(
                self._exchange.outcome("interrupted" if self._exchange.disconnected else "complete")
            )
        except AuditUnavailable:
            await self._withhold(f"{self._exchange.record.call_id}:withheld")
            return
        await self._release()

    async def _withhold(self, line_id: str) -> None:
        """The log didn't take the line: a client that has nothing yet is refused, a stream ends without its end."""
        self._cut = self._done = True
        self._held.clear()
        if self._begun:
            # Closes the intent; if the outcome was written after all, this line of the same id is not.
            self._client.post(self._exchange.outcome("interrupted"))
            self._client.post(_unavailable(self._exchange, line_id))
        else:
            await _refuse(self._exchange, self._client, self._send, line_id)

    async def _enriched(self) -> None:
        """Waits for LiteLLM's log hook where it alone knows what the call cost."""
        exchange = self._exchange
        if exchange.response.stream and exchange.call not in UNSURE_CALLS:
            limit = ENRICHMENT_SECONDS
        elif exchange.response.stream or exchange.cost_unknown():
            limit = UNSURE_ENRICHMENT_SECONDS
        else:
            return
        self._opened.write_books()
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await self._opened.logged.wait()

    async def _release(self) -> None:
        held, self._held = self._held, []
        for message in held:
            await self._send(message)
        if self._done:
            self._opened.write_books()

    async def _send_other(self, message: Message) -> None:
        """Web sockets begin when they are accepted and end with the request; anything else passes."""
        if message["type"] == "websocket.accept":
            self._exchange.response.status = SWITCHING_PROTOCOLS
            await self._begin()
            if self._cut:
                return
        elif message["type"] == "websocket.close" and not self._exchange.response.status:
            self._exchange.response.status = FORBIDDEN
        await self._send(message)


async def _refuse(exchange: Exchange, client: AuditClient, send: Send, line_id: str) -> None:
    """Answers 503: what isn't on record isn't answered."""
    exchange.response.status = STATUS["audit_unavailable"]
    client.post(_unavailable(exchange, line_id))
    if exchange.web_socket:
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
        return
    body = orjson.dumps(body_of(refusal("audit_unavailable", MESSAGE), exchange.path))
    length = b"%d" % len(body)
    headers = [(b"content-type", b"application/json"), (b"content-length", length), (b"retry-after", b"5")]
    start = {"type": "http.response.start", "status": exchange.response.status, "headers": headers}
    await send(exchange.named(start))
    await send({"type": "http.response.body", "body": body})


def _unavailable(exchange: Exchange, line_id: str) -> Line:
    """The line of an answer that the client didn't get, or got without its end."""
    exchange.record.facts["error"] = {"class": "AuditUnavailable", **ERROR}
    return Line("audit_unavailable", exchange.outcome("complete").data, line_id)
