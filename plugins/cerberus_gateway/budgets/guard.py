"""Reserves before each call of a provider, and settles after it: one reservation for each attempt.

Retries and fallbacks are attempts too: a provider whose budget has no room is refused, and the router goes on to the
next one.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cerberus_gateway.budgets.ledger import Full, Ledger, LedgerUnavailableError, Reservation
from cerberus_gateway.budgets.price import provider_of, worst_of
from cerberus_gateway.budgets.settings import Budget
from cerberus_gateway.refusal import refusal

MARK: Final = "cerberus_reservation"
"""Entry of a call's metadata by which its end finds the reservation."""
LEASE_MARGIN_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class _Open:
    """What an attempt has reserved."""

    call_id: str
    reservation: Reservation


class Guard:
    """The budgets of one process; `open` holds what it has reserved and not settled."""

    def __init__(self, budgets: tuple[Budget, ...], ledger: Ledger, request_timeout_seconds: float) -> None:
        self._budgets = budgets
        self._ledger = ledger
        self._lease = request_timeout_seconds + LEASE_MARGIN_SECONDS
        self._open: dict[str, _Open] = {}

    async def before(self, call_type: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Reserves for one attempt, and gives what to change in its arguments.

        :raises HTTPException: budget_exceeded, or budget_unavailable when Redis does not answer
        """
        provider = provider_of(kwargs)
        budgets = [budget for budget in self._budgets if budget.provider in {None, provider}]
        usd = worst_of(call_type, kwargs) if budgets else None
        if usd is None or usd <= 0:
            return {}
        attempt = uuid.uuid4().hex
        try:
            reserved = await self._ledger.reserve(budgets, attempt, usd, self._lease)
        except LedgerUnavailableError:
            message = "budgets can't be checked now, and an unchecked call is not made: try again shortly"
            raise refusal("budget_unavailable", message) from None
        if isinstance(reserved, Full):
            raise _exceeded(reserved, usd)
        self._open[attempt] = _Open(str(kwargs.get("litellm_call_id") or attempt), reserved)
        holders = [name for name in ("metadata", "litellm_metadata") if isinstance(kwargs.get(name), Mapping)]
        return {name: {**(kwargs.get(name) or {}), MARK: attempt} for name in holders or ["metadata"]}

    async def after(self, kwargs: Mapping[str, Any], usd: float) -> None:
        """Settles an attempt that has ended.

        One that Redis can't be told of lapses, and counts as dear as it was reserved.
        """
        attempt = _attempt(kwargs) or self._oldest(kwargs)
        if attempt is None or (opened := self._open.pop(attempt, None)) is None:
            return
        try:
            await self._ledger.settle(opened.reservation, usd)
        except LedgerUnavailableError:
            return

    def _oldest(self, kwargs: Mapping[str, Any]) -> str | None:
        """First open attempt of a call, for endpoints whose end does not carry the mark (Responses, Messages)."""
        call_id = kwargs.get("litellm_call_id")
        return next((attempt for attempt, opened in self._open.items() if opened.call_id == call_id), None)


def _attempt(kwargs: Mapping[str, Any]) -> str | None:
    params = kwargs.get("litellm_params") or {}
    for holder in (params.get("metadata"), params.get("litellm_metadata"), kwargs.get("metadata")):
        mark = holder.get(MARK) if isinstance(holder, Mapping) else None
        if isinstance(mark, str):
            return mark
    return None


def _exceeded(full: Full, usd: float) -> Exception:
    budget = full.budget
    whose = "the gateway" if budget.provider is None else f"the provider {budget.provider}"
    message = (
        f"the budget of {whose} is {budget.max_usd:g} USD per {budget.period}; {full.used_usd:.6g} USD are spent or "
        f"reserved, and this request can cost up to {usd:.6g} USD: shorten it, lower its output limit, or wait for the "
        "next period"
    )
    return refusal("budget_exceeded", message, estimate_usd=usd, limit_usd=budget.max_usd, used_usd=full.used_usd)
