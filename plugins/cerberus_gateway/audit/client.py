"""The way to the audit log for everyone but the writer: a line handed in here is durable when the call returns.

Lines that aren't answered for are sent again after a reconnect, under the same id; the writer takes each id once.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from cerberus_gateway.audit.canonical import dumps, timestamp
from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.wire import Wire
from cerberus_gateway.settings import Settings

MAX_PENDING = 10_000
"""Lines kept in memory while the writer is away. More are lost in mode `allow`, and counted in a line of their own."""
MAX_PENDING_BYTES = 64 << 20
BACKOFF_SECONDS = (0.02, 0.05, 0.1, 0.25)


class AuditUnavailable(Exception):  # noqa: N818 - said to clients under this name
    """The line could not be made durable in time."""


class Durable:
    """Whether a line became durable in time. Lighter than asyncio.timeout around a future, and every answer has one."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._known: asyncio.Future[bool] = self._loop.create_future()

    def settle(self, *, durable: bool = True) -> None:
        if not self._known.done():
            self._known.set_result(durable)

    async def within(self, seconds: float) -> bool:
        timer = self._loop.call_later(seconds, partial(self.settle, durable=False))
        try:
            return await self._known
        finally:
            timer.cancel()


@dataclass(slots=True)
class Pending:
    text: bytes
    durable: Durable | None


class AuditClient:
    """One process's connection to the writer. For one event loop; `start` it there."""

    def __init__(self, settings: Settings, name: str, token: str | None = None) -> None:
        """Connects nowhere yet.

        :param name: this process's name in the stack, such as litellm-1; no two running processes share it
        :param token: the stack's AUDIT_TOKEN, by default from the environment
        :raises ValueError: when the stack keeps no audit log
        """
        if settings.audit is None:
            message = "this stack keeps no audit log: `audit` is null in cerberus.json"
            raise ValueError(message)
        self.settings = settings.audit
        self.name = name
        self.instance = uuid4().hex
        self._token = token if token is not None else os.environ.get("AUDIT_TOKEN", "")
        self._common = {"replica": name, "config_hash": settings.config_hash, "image": settings.image}
        self._wire: Wire | None = None
        self._failure: str | None = "not connected"
        self._ready = asyncio.Event()
        self._away_since = time.monotonic()
        self._numbers = 0
        self._pending: dict[int, Pending] = {}
        self._drained = asyncio.Event()
        self._pending_bytes = 0
        self._lost = 0
        self._lost_since = ""
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether the writer is there and able to write."""
        return self._ready.is_set()

    @property
    def refuses(self) -> bool:
        """Whether requests are refused while nothing can be written."""
        return self.settings.when_unavailable == "refuse"

    def start(self) -> None:
        """Begins to connect, and keeps at it until `stop`."""
        self._task = asyncio.create_task(self._keep_connected())

    async def stop(self) -> None:
        """Waits a while for what is pending, then disconnects."""
        if self._pending and self.connected:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.settings.wait_seconds):
                    await self._drained.wait()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._wire is not None:
            self._wire.close()

    async def ready(self) -> bool:
        """Whether a line handed in now has a chance: waits for the writer until it has been away for `wait_seconds`."""
        if self._ready.is_set():
            return True
        left = self._away_since + self.settings.wait_seconds - time.monotonic()
        with suppress(TimeoutError):
            async with asyncio.timeout(max(left, 0)):
                await self._ready.wait()
        return self._ready.is_set()

    def started(self, line: Line) -> Awaitable[None]:
        """Makes an intent durable; see `outcome`. The line also says which process owes the outcome."""
        return self._durable("started", Line(line.event_type, {**line.data, "instance": self.instance}, line.id))

    def outcome(self, line: Line) -> Awaitable[None]:
        """Makes a line durable. In mode `allow` it may also return while the line waits for the writer.

        :raises AuditUnavailable: when it isn't within `wait_seconds`; it won't be written later, unless it already was
        """
        return self._durable("outcome", line)

    def event(self, event_type: str, data: dict[str, Any]) -> Awaitable[None]:
        """Makes an event durable; see `outcome`."""
        return self._durable("event", Line(event_type, data))

    def post(self, line: Line) -> None:
        """Sends a line without waiting. It is lost only if this process dies first, or memory for it runs out."""
        self._put("event", line, None)

    async def _durable(self, kind: str, line: Line) -> None:
        if not self.refuses and not self.connected:
            self._put(kind, line, None)
            return
        number = self._put(kind, line, durable := Durable())
        if number is not None and await durable.within(self.settings.wait_seconds):
            return
        if self.refuses:
            if number is not None:
                self._forget(number)
            raise AuditUnavailable(self._failure or "no answer in time")

    def _put(self, kind: str, line: Line, durable: Durable | None) -> int | None:
        """Queues a line and returns its number, or counts it as lost when there is no room."""
        if len(self._pending) >= MAX_PENDING or self._pending_bytes >= MAX_PENDING_BYTES:
            self._lost_since = self._lost_since or timestamp()
            self._lost += 1
            return None
        self._numbers += 1
        content = {
            "event_type": line.event_type,
            "id": line.id,
            "timestamp": line.timestamp,
            "data": {**self._common, **line.data},
        }
        text = dumps({"n": self._numbers, "kind": kind, "line": content}) + b"\n"
        self._pending[self._numbers] = Pending(text, durable)
        self._pending_bytes += len(text)
        self._drained.clear()
        if self._wire is not None and self._failure is None:
            self._wire.send(text)
        return self._numbers

    def _forget(self, number: int) -> Pending | None:
        if (pending := self._pending.pop(number, None)) is not None:
            self._pending_bytes -= len(pending.text)
        if not self._pending:
            self._drained.set()
        return pending

    async def _keep_connected(self) -> None:
        attempt = 0
        while True:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(self.settings.wait_seconds):
                    _, wire = await asyncio.get_running_loop().create_connection(
                        self._new_wire, self.settings.host, self.settings.port
                    )
                await wire.closed
                attempt = 0 if self.connected else attempt
            self._wire = None
            self._state("not connected")
            await asyncio.sleep(BACKOFF_SECONDS[min(attempt, len(BACKOFF_SECONDS) - 1)])
            attempt += 1

    def _new_wire(self) -> Wire:
        hello = {"hello": 1, "token": self._token, "name": self.name, "instance": self.instance}
        # Here, and not once the connection is handed out: the writer's first word may be received before that.
        self._wire = Wire(hello, self._receive)
        return self._wire

    def _receive(self, message: dict[str, Any]) -> None:
        match message:
            case {"ack": int(number)}:
                pending = self._forget(number)
                if pending is not None and pending.durable is not None:
                    pending.durable.settle()
                if self._lost and len(self._pending) <= MAX_PENDING // 2:
                    self._tell_losses()
            case {"nack": int(), "reason": str(reason)}:
                self._state(reason)
            case {"state": "ok"}:
                self._state(None)
                self._resend()
            case {"state": "failing", "reason": str(reason)}:
                self._state(reason)
            case {"error": str(reason)}:
                print(f"audit: the writer refuses this process: {reason}", file=sys.stderr, flush=True)  # noqa: T201
                if self._wire is not None:
                    self._wire.close()

    def _state(self, failure: str | None) -> None:
        if failure is None:
            self._ready.set()
        elif self._ready.is_set():
            self._ready.clear()
            self._away_since = time.monotonic()
        self._failure = failure

    def _resend(self) -> None:
        if self._wire is not None:
            for pending in self._pending.values():
                self._wire.send(pending.text)

    def _tell_losses(self) -> None:
        lost, since, self._lost, self._lost_since = self._lost, self._lost_since, 0, ""
        self.post(Line("audit_unavailable", {"lost_lines": lost, "since": since, "until": timestamp()}))
