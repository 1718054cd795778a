"""Reserves before a request and before each call of a provider, and settles after them.

The budgets of the gateway, a key, its team and its user are reserved once for a request: whoever serves it, they pay.
A fallback to a dearer model reserves what is missing. A provider's budget is reserved for each attempt, retries and
fallbacks too: one that has no room is refused, and the router goes on to the next.
"""

import asyncio
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import HTTPException

from cerberus_gateway.budgets.accounts import Account, of_budget, of_user
from cerberus_gateway.budgets.ledger import Full, Ledger, LedgerUnavailableError, Reservation
from cerberus_gateway.budgets.price import model_info, most_of, provider_of, worst_of
from cerberus_gateway.budgets.settings import Budget
from cerberus_gateway.budgets.spend import Attempt, Spend, current, under_way
from cerberus_gateway.record import verdict
from cerberus_gateway.refusal import refusal
from cerberus_gateway.safety.asked import Asked

NAME: Final = "cerberus_budgets"
MARK: Final = "cerberus_reservation"
"""Entry of a call's metadata by which its end finds the reservation."""
LEASE_MARGIN_SECONDS: Final = 60
LOGGED_SECONDS: Final = 30.0
"""Longest that LiteLLM takes to tell of an answer that was refused after it was made."""
_FREE: Final = frozenset({"read", "mcp"})
MOST_OF_ITS_OWN: Final = 1_000
"""LiteLLM's own calls under way; there are a few at once."""


class Guard:
    """The budgets of one process."""

    def __init__(self, budgets: tuple[Budget, ...], ledger: Ledger, request_timeout_seconds: float) -> None:
        self._gateway = [budget for budget in budgets if budget.provider is None]
        self._providers = [budget for budget in budgets if budget.provider is not None]
        self._ledger = ledger
        self._lease = request_timeout_seconds + LEASE_MARGIN_SECONDS
        self._of_its_own: dict[str, Attempt] = {}

    async def request(self, asked: Asked, *, users_pay_for_team_keys: bool) -> None:
        """Reserves for a request.

        :raises HTTPException: budget_exceeded, or budget_unavailable when Redis does not answer
        """
        spend = _of_request()
        if asked.kind in _FREE:
            return
        accounts = of_user(asked.user, users_pay_for_team_keys=users_pay_for_team_keys)
        accounts += [of_budget(budget, time.time()) for budget in self._gateway]
        if not accounts:
            return
        spend.accounts = tuple(accounts)
        most = most_of(asked)
        # What may cost something, but nobody knows how much, is let through while there is anything left.
        if most.usd > 0 or not most.bounded:
            spend.reservations.append(await self._reserve(accounts, most.usd))
        spend.covered_usd = max(spend.covered_usd, most.usd)
        spend.deployments |= most.deployments
        spend.models = max(spend.models, most.models)
        # The provider is called as the client asks, without a hook before it.
        spend.reached |= asked.native

    async def before(self, call_type: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Reserves for one attempt, and gives what to change in its arguments.

        :raises HTTPException: as request() does
        """
        spend = current.get()
        provider = provider_of(kwargs)
        budgets = [budget for budget in self._providers if budget.provider == provider]
        if spend is None or not spend.accounts:
            budgets += self._gateway
        dearer = spend is not None and (spend.goes_on or _deployment(kwargs) not in spend.deployments)
        usd = worst_of(call_type, kwargs) if budgets or dearer else None
        if spend is not None and dearer and spend.accounts:
            await self._more(spend, usd or 0.0)
        changes: dict[str, Any] = {}
        if budgets and usd is not None and usd > 0:
            attempt = await self._attempt(spend, provider, budgets, usd)
            holders = [name for name in ("metadata", "litellm_metadata") if isinstance(kwargs.get(name), Mapping)]
            changes = {name: {**(kwargs.get(name) or {}), MARK: attempt.id} for name in holders or ["metadata"]}
        if spend is not None:
            spend.reached = True
        return changes

    async def _more(self, spend: Spend, usd: float) -> None:
        """Reserves what a fallback or a further call can cost beyond what the request has reserved."""
        covered = 0.0 if spend.goes_on else spend.covered_usd
        if usd <= covered:
            return
        missing = usd - covered if spend.models == 1 else usd
        spend.reservations.append(await self._reserve(spend.accounts, missing))
        spend.covered_usd = max(usd, spend.covered_usd)

    async def _attempt(self, spend: Spend | None, provider: str, budgets: Sequence[Budget], usd: float) -> Attempt:
        before = under_way.get()
        # LiteLLM makes one call out of another (Responses out of Chat Completions), and does not tell of each failure.
        if (
            spend is not None
            and before is not None
            and before.open
            and not before.answered
            and before.provider == provider
            and usd <= before.reservation.usd
        ):
            return before
        accounts = [of_budget(budget, time.time()) for budget in budgets]
        attempt = Attempt(uuid.uuid4().hex, provider, await self._reserve(accounts, usd))
        if spend is not None:
            spend.attempts.append(attempt)
        elif len(self._of_its_own) < MOST_OF_ITS_OWN:
            self._of_its_own[attempt.id] = attempt
        under_way.set(attempt)
        return attempt

    async def _reserve(self, accounts: Sequence[Account], usd: float) -> Reservation:
        try:
            reserved = await self._ledger.reserve(accounts, uuid.uuid4().hex, usd, self._lease)
        except LedgerUnavailableError:
            message = "budgets can't be checked now, and an unchecked call is not made: try again shortly"
            raise _refused(refusal("budget_unavailable", message)) from None
        if isinstance(reserved, Full):
            raise _refused(_exceeded(reserved, usd))
        return reserved

    def answered(self) -> None:
        """A provider has answered, or begun to."""
        if (spend := current.get()) is not None:
            spend.answered += 1
        if (attempt := under_way.get()) is not None:
            attempt.answered = True

    def told(self, usd: float) -> None:
        """What an answer has cost, before it goes out: its client's next request finds this one settled."""
        spend = current.get()
        if spend is None or spend.settled or not spend.plain:
            return
        spend.usd += usd
        spend.told_usd = usd
        if (attempt := spend.attempt(None, answered=True)) is not None:
            self._settle_attempt(attempt, usd)
        self._settle(spend)

    def after(self, kwargs: Mapping[str, Any], usd: float, *, answered: bool) -> None:
        """A call of a provider has ended: settles its attempt, and the request that it belongs to if that is over."""
        spend = current.get()
        mark = _mark(kwargs)
        if spend is None:
            if mark is not None and (own := self._of_its_own.pop(mark, None)) is not None:
                self._ledger.settle_soon(own.reservation, usd)
            return
        if answered:
            known = min(usd, spend.told_usd)
            usd, spend.told_usd = usd - known, spend.told_usd - known
        if (attempt := spend.attempt(mark, answered=answered)) is not None:
            self._settle_attempt(attempt, usd)
        spend.usd += usd
        spend.answers += answered
        if spend.settled:
            for reservation in spend.reservations[:1]:
                if usd > 0:
                    self._ledger.settle_soon(reservation, usd, late=True)
        elif spend.over:
            self._conclude(spend)

    def _settle_attempt(self, attempt: Attempt, usd: float) -> None:
        if attempt.open:
            attempt.open = False
            self._ledger.settle_soon(attempt.reservation, usd)
        elif usd > 0:
            self._ledger.settle_soon(attempt.reservation, usd, late=True)

    def failed(self, error: BaseException) -> None:
        """LiteLLM has given the request up."""
        if (spend := current.get()) is not None:
            spend.failure = "gateway" if isinstance(error, HTTPException) else "provider"

    def ended(self, spend: Spend, status: int) -> None:
        """The last of a request's answer is about to be sent, or nobody waits for it any more."""
        spend.over = True
        if spend.failure is None and status >= 400:  # noqa: PLR2004 - LiteLLM does not tell of all that it refuses
            spend.failure = "gateway"
        if not spend.settled:
            self._conclude(spend)

    def _conclude(self, spend: Spend) -> None:
        verdict_ = spend.verdict()
        if verdict_ == "settle":
            self._settle(spend)
        elif verdict_ == "wait":
            asyncio.get_running_loop().call_later(LOGGED_SECONDS, self._settle, spend)

    def _settle(self, spend: Spend) -> None:
        if spend.settled:
            return
        spend.settled = True
        for number, reservation in enumerate(spend.reservations):
            self._ledger.settle_soon(reservation, spend.usd if number == 0 else 0.0)
        # Attempts that LiteLLM told nothing of have failed.
        for attempt in spend.attempts:
            self._settle_attempt(attempt, 0.0)


def _of_request() -> Spend:
    if (spend := current.get()) is None:
        # Not behind the edge: nobody says when the request is over, so that its first answer settles it.
        spend = Spend(over=True)
        current.set(spend)
    return spend


def _deployment(kwargs: Mapping[str, Any]) -> str:
    return str((kwargs.get("model_info") or model_info(kwargs)).get("id") or "")


def _mark(kwargs: Mapping[str, Any]) -> str | None:
    params = kwargs.get("litellm_params") or {}
    for holder in (params.get("metadata"), params.get("litellm_metadata"), kwargs.get("metadata")):
        mark = holder.get(MARK) if isinstance(holder, Mapping) else None
        if isinstance(mark, str):
            return mark
    return None


def _refused(error: HTTPException) -> HTTPException:
    detail: Any = error.detail
    # The audit log masks numbers in texts, for what they might be.
    said = {name: detail[name] for name in ("budget", "estimate_usd", "limit_usd", "used_usd") if name in detail}
    verdict(NAME, "blocked" if detail["code"] == "budget_exceeded" else "error", code=detail["code"], **said)
    return error


def _exceeded(full: Full, usd: float) -> HTTPException:
    account = full.account
    per = "" if account.per is None else f" per {account.per}"
    message = (
        f"the budget of {account.whose} is {account.max_usd:g} USD{per}; {full.used_usd:.6g} USD are spent or "
        f"reserved, and this request can cost up to {usd:.6g} USD: shorten it, lower its output limit, or wait for "
        "the next period"
    )
    figures: dict[str, Any] = {"estimate_usd": usd, "limit_usd": account.max_usd, "used_usd": full.used_usd}
    return refusal("budget_exceeded", message, budget=account.whose, **figures)
