"""Keeps Python's garbage collector from looking through LiteLLM again and again.

LiteLLM's code and configuration are 1.2 million objects that stay to the end. Each full collection walks all of them,
and nothing else runs meanwhile: 0.9 s without an answer or the next part of a stream. What its first requests load are
some 200,000 more, and 0.1 s. What stays is worth huge pages too.
"""

import gc
import threading

from starlette.types import ASGIApp, Receive, Scope, Send

from cerberus_gateway import huge_pages
from cerberus_gateway.audit.routes import skipped
from cerberus_gateway.guarded_start import starting

FIRST_REQUESTS = 200
"""After so many, nearly all is loaded that LiteLLM loads when it is first needed."""


class SettledHeap:
    """An ASGI app around the gateway's: what its start and its first requests leave is not collected any more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, starting(send, _settle))
            return
        await self._app(scope, receive, send)
        # Probes and scrapes come to a gateway that nobody asks anything, and load little.
        if not skipped(scope["path"]):
            self._requests += 1
            if self._requests == FIRST_REQUESTS:
                _settle()


def _settle() -> None:
    gc.collect()
    gc.freeze()
    threading.Thread(target=huge_pages.collapse, name="huge-pages", daemon=True).start()
