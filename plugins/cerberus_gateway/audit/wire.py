"""One connection to the audit writer: newline JSON over TCP.

A line goes out at once, not at the end of the loop's turn: the writer is at work while LiteLLM's other tasks are.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import orjson

MAX_ANSWER_BYTES = 1 << 16


class Wire(asyncio.Protocol):
    """Says hello, then sends what it is given and hands answers on."""

    def __init__(self, hello: dict[str, Any], on_message: Callable[[dict[str, Any]], None]) -> None:
        self._hello = hello
        self._on_message = on_message
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        # Else uvloop sends at the end of its turn.
        self._transport.set_write_buffer_limits(high=0)
        self._transport.write(orjson.dumps(self._hello) + b"\n")

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_ANSWER_BYTES:
            self.close()
        try:
            for line in lines:
                self._on_message(orjson.loads(line))
        except orjson.JSONDecodeError:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if not self.closed.done():
            self.closed.set_result(None)

    def send(self, line: bytes) -> None:
        """Sends a line (newline included)."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(line)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
