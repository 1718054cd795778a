"""The budgets' part around LiteLLM: knows when a request is over, and that the hook before it runs last.

LiteLLM's hooks do not tell of every end: of a request that was refused after the reservation, or that a client left.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from cerberus_gateway.budgets.process import guard
from cerberus_gateway.budgets.spend import Spend, current

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Message, Receive, Send], Awaitable[None]]

OURS: Final = "holds_cerberus_budgets"
"""Marks the callback: LiteLLM executes its file on its own, so that its class is not the one that we would import."""


class BudgetEdge:
    """Wraps LiteLLM's ASGI app, inside of the safety edge."""

    def __init__(self, app: App) -> None:
        self._app: Final = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, _starting(send))
            return
        spend = Spend()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        token = current.set(spend)
        try:
            await self._app(scope, receive, sending)
        finally:
            current.reset(token)
            spend.over = True
            # Most requests have to do with no budget: pages, health, administration.
            if spend.reservations or spend.attempts:
                guard().ended(spend, status)


def _starting(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "lifespan.startup.complete" and not take_last_place():
            text = (
                "cerberus proxy: LiteLLM left out the budgets' callback. Its log says why. Nothing is served without."
            )
            await send({"type": "lifespan.startup.failed", "message": text})
            return
        await send(message)

    return sending


def take_last_place() -> bool:
    """Lets the budgets' hook run after guardrails and rate limits: what these refuse needs no reservation."""
    import litellm  # noqa: PLC0415 - loaded by whoever serves it

    callbacks: list[Any] = litellm.callbacks
    ours = [callback for callback in callbacks if getattr(callback, OURS, False)]
    for callback in ours:
        callbacks.remove(callback)
        callbacks.append(callback)
    return bool(ours)
