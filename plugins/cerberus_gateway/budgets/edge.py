"""The budgets' part around LiteLLM: knows when a request is over, and that the hook before it runs last.

LiteLLM's hooks do not tell of every end: of a request that was refused after the reservation, or that a client left.
"""

from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cerberus_gateway.budgets.process import guard
from cerberus_gateway.budgets.spend import Spend, current
from cerberus_gateway.guarded_start import starting

OURS: Final = "holds_cerberus_budgets"
"""Marks the callback: LiteLLM executes its file on its own, so that its class is not the one that we would import."""


class BudgetEdge:
    """Wraps LiteLLM's ASGI app, inside of the safety edge."""

    def __init__(self, app: ASGIApp) -> None:
        self._app: Final = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, starting(send, _problem))
            return
        spend = Spend()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body" and not message.get("more_body", False):
                # Before it goes out: the client's next request finds settled what can be.
                _over(spend, status)
            await send(message)

        token = current.set(spend)
        try:
            await self._app(scope, receive, sending)
        finally:
            current.reset(token)
            _over(spend, status)


def _over(spend: Spend, status: int) -> None:
    if spend.over:
        return
    spend.over = True
    # Most requests have to do with no budget: pages, health, administration.
    if spend.reservations or spend.attempts:
        guard().ended(spend, status)


def _problem() -> str | None:
    if take_last_place():
        return None
    return "cerberus proxy: LiteLLM left out the budgets' callback. Its log says why. Nothing is served without."


def take_last_place() -> bool:
    """Lets the budgets' hook run after guardrails and rate limits: what these refuse needs no reservation."""
    import litellm  # noqa: PLC0415 - loaded by whoever serves it

    callbacks: list[Any] = litellm.callbacks
    ours = [callback for callback in callbacks if getattr(callback, OURS, False)]
    for callback in ours:
        callbacks.remove(callback)
        callbacks.append(callback)
    return bool(ours)
