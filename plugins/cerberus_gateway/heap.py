"""Keeps Python's garbage collector from looking through LiteLLM again and again.

LiteLLM's code and configuration are 1.2 million objects that stay to the end. Each full collection walks all of them,
and nothing else runs meanwhile: 0.9 s without an answer or the next part of a stream. What its first requests load are
some 200,000 more, and 0.1 s.
"""

import gc

from starlette.types import ASGIApp, Receive, Scope, Send

from cerberus_gateway.guarded_start import starting

FIRST_REQUESTS = 200
"""After so many, nearly all is loaded that LiteLLM loads when it is first asked for it."""


class SettledHeap:
    """An ASGI app around the gateway's: what its start and its first requests leave is not collected any more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, starting(send, _settle) if scope["type"] == "lifespan" else send)
        self._requests += scope["type"] == "http"
        if self._requests == FIRST_REQUESTS:
            self._requests += 1
            _settle()


def _settle() -> None:
    gc.collect()
    gc.freeze()
