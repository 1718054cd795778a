"""Keeps Python's garbage collector from looking through LiteLLM again and again.

LiteLLM's code and configuration are 1.2 million objects that stay to the end. Each full collection walks all of them,
and nothing else runs meanwhile: 0.9 s without an answer or the next part of a stream.
"""

import gc

from starlette.types import ASGIApp, Receive, Scope, Send

from cerberus_gateway.guarded_start import starting


class SettledHeap:
    """An ASGI app around the gateway's: what is there when its start is done, is not collected any more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, starting(send, _settle) if scope["type"] == "lifespan" else send)


def _settle() -> None:
    gc.collect()
    gc.freeze()
