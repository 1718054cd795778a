"""Whose budgets a request counts against, and what each of them may spend: by LiteLLM's own rules.

A key, its team, and its user unless the key is a team's (litellm/proxy/spend_tracking/budget_reservation.py,
_get_budget_counters). Everything is on the object that LiteLLM has looked up for the request anyway.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cerberus_gateway.budgets.period import window
from cerberus_gateway.budgets.settings import Budget

KEPT_SECONDS: Final = 86_400
"""How long the figures of a period stay readable after its end."""
IDLE_SECONDS: Final = 120
"""How long the ledger's figure of a key, team or user counts after its last use. From then on the database's does, in
which LiteLLM has everything after 10 s (PROXY_BATCH_WRITE_AT) and which a replica reads anew every 5 s."""


@dataclass(frozen=True, slots=True)
class Account:
    """A budget as the ledger holds it."""

    name: str
    """Names the figures in Redis."""
    whose: str
    """As a client is told."""
    max_usd: float
    keep_seconds: int
    """How long the figures are kept after their last use."""
    per: str | None = None
    """Length of the period, such as 30d."""
    period: int = 0
    """When the period ends, in seconds since 1970: figures of an earlier one begin anew. 0: not known, or endless."""
    spent_usd: float = 0.0
    """What was spent in the period, where the ledger has no figure."""


def of_budget(budget: Budget, now: float) -> Account:
    """The account of the gateway or of a provider: its figures stand in the ledger alone, to the end of the period."""
    name, left = window(budget.period, now)
    whose = "the gateway" if budget.provider is None else f"the provider {budget.provider}"
    return Account(f"{budget.name}:{name}", whose, budget.max_usd, left + KEPT_SECONDS, budget.period)


def of_user(user: Any, *, users_pay_for_team_keys: bool) -> list[Account]:  # noqa: ANN401 - LiteLLM's UserAPIKeyAuth
    """The accounts of a key, its team and its user, as far as they have a budget."""
    found = []
    token, team_id, user_id = (getattr(user, name, None) for name in ("token", "team_id", "user_id"))
    if token and _limits(user.max_budget):
        per = getattr(user, "budget_duration", None)
        found.append(_account(f"key:{token}", "the key", user.max_budget, user.budget_reset_at, user.spend, per))
    if team_id:
        team = getattr(user, "team_budget_snapshot", None)
        most = user.team_max_budget if team is None else team.max_budget
        if _limits(most):
            whose = f"the team {user.team_alias or team_id}"
            found.append(_account(f"team:{team_id}", whose, most, _reset_at(team), user.team_spend))
    if user_id and (not team_id or users_pay_for_team_keys):
        person = getattr(user, "user_budget_snapshot", None)
        most = user.user_max_budget if person is None else person.max_budget
        if _limits(most):
            found.append(_account(f"user:{user_id}", f"the user {user_id}", most, _reset_at(person), user.user_spend))
    return found


def _account(  # noqa: PLR0913, PLR0917 - what LiteLLM has in as many fields
    name: str, whose: str, most: float, resets: object, spent: float | None, per: str | None = None
) -> Account:
    return Account(name, whose, float(most), IDLE_SECONDS, per, _seconds(resets), float(spent or 0.0))


def _limits(most: object) -> bool:
    """LiteLLM itself refuses everything of a budget of 0."""
    return isinstance(most, (int, float)) and math.isfinite(most) and most > 0


def _reset_at(snapshot: object) -> object:
    return getattr(snapshot, "budget_reset_at", None)


def _seconds(moment: object) -> int:
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return 0
    if not isinstance(moment, datetime):
        return 0
    return int((moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp())


def names(accounts: Iterable[Account]) -> list[str]:
    """Keys in Redis: the figures and the open reservations of each."""
    return [f"cerberus:budget:{account.name}{what}" for account in accounts for what in ("", ":open")]
