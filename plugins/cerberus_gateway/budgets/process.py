"""The one guard of a process. LiteLLM executes callback.py on its own, so nothing may be kept there."""

import os
from functools import cache

from cerberus_gateway import settings
from cerberus_gateway.approvals.store import connect
from cerberus_gateway.budgets import settings as budget_settings
from cerberus_gateway.budgets.guard import Guard
from cerberus_gateway.budgets.ledger import Ledger
from cerberus_gateway.safety.asked import proxy


@cache
def guard() -> Guard:
    """The guard that budgets.json describes, on a Redis client of its own."""
    told = settings.load()
    redis = connect(told.redis.host, told.redis.port, os.environ.get("REDIS_COORDINATION_PASSWORD"))
    limits = budget_settings.load()
    return Guard(limits.budgets, Ledger(redis), limits.request_timeout_seconds)


def users_pay_for_team_keys() -> bool:
    """LiteLLM's switch: whether a team's key counts against its user's budget too."""
    return (getattr(proxy(), "general_settings", None) or {}).get("apply_user_budget_to_team_keys") is True
