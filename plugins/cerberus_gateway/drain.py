"""A replica that is told to stop serves on until the front door sends it nothing more.

A server that closes its socket at once loses what a connection was just bringing. The front door may not send that to
another replica: for all it knows, a paid call was made.
"""

import asyncio
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

READINESS = "/health/readiness"
CHECK_HEADER = b"x-front-door-check"
"""What the front door's own checks carry (config-templates/haproxy/haproxy.cfg)."""

TIMES_TOLD = 2
"""Checks that the front door must see fail until it leaves a replica out (`fall` in haproxy.cfg)."""

MARGIN_SECONDS = 0.5
LONGEST_SECONDS = 10.0
"""Without a front door, or with one that checks too rarely."""

HandleExit = Callable[[uvicorn.Server, int, FrameType | None], None]


class Drain:
    """An ASGI app around the gateway's: once it has begun, readiness is refused and all else served."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._stop: Callable[[], None] | None = None
        self._told = 0

    def begin(self, stop: Callable[[], None]) -> bool:
        """From a signal handler, while the loop runs.

        :param stop: called once the front door knows
        :returns: False when it has begun already: who says it twice does not want to wait
        """
        if self._stop is not None:
            return False
        self._stop = stop
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(loop.call_later, LONGEST_SECONDS, stop)
        return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._stop is None or scope["type"] != "http" or scope["path"] != READINESS:
            await self._app(scope, receive, send)
            return
        headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": b"this replica is stopping\n"})
        if any(name == CHECK_HEADER for name, _ in scope["headers"]):
            self._told += 1
            if self._told == TIMES_TOLD:
                asyncio.get_running_loop().call_later(MARGIN_SECONDS, self._stop)


def draining_exit(drain: Drain, handle_exit: HandleExit) -> HandleExit:
    """What stands in for uvicorn.Server.handle_exit, which closes the socket."""

    def stand_in(server: uvicorn.Server, sig: int, frame: FrameType | None) -> None:
        def stop() -> None:
            # Said again in the meantime, it has stopped.
            if not server.should_exit:
                handle_exit(server, sig, frame)

        if not server.started or not drain.begin(stop):
            handle_exit(server, sig, frame)

    return stand_in
