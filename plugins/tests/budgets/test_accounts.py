"""Whose budget a request counts against: as in LiteLLM."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from cerberus_gateway.budgets.accounts import Account, of_budget, of_user

from tests.budgets.scene import GATEWAY, OPENAI, user

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
KEY = {"token": "hash", "max_budget": 5.0, "spend": 1.5, "budget_reset_at": NOON, "budget_duration": "30d"}
TEAM = {"team_id": "t", "team_alias": "research", "team_max_budget": 3.0, "team_spend": 1.0}
USER = {"user_id": "ann", "user_max_budget": 2.0, "user_spend": 0.5}


def whose(*, users_pay_for_team_keys: bool = False, **fields: Any) -> list[str]:  # noqa: ANN401
    return [one.whose for one in of_user(user(**fields), users_pay_for_team_keys=users_pay_for_team_keys)]


@pytest.mark.parametrize(
    ("fields", "users_pay", "expected"),
    [
        ({}, False, []),
        (KEY, False, ["the key"]),
        (KEY | USER, False, ["the key", "the user ann"]),
        (KEY | TEAM | USER, False, ["the key", "the team research"]),
        (KEY | TEAM | USER, True, ["the key", "the team research", "the user ann"]),
        (KEY | {"max_budget": None}, False, []),
        (KEY | {"max_budget": 0}, False, []),
        (KEY | {"max_budget": float("inf")}, False, []),
        (TEAM | {"team_alias": None}, False, ["the team t"]),
        (TEAM | {"team_budget_snapshot": SimpleNamespace(max_budget=None, budget_reset_at=None)}, False, []),
    ],
)
def test_who_pays(fields: dict[str, Any], users_pay: bool, expected: list[str]) -> None:  # noqa: FBT001
    assert whose(users_pay_for_team_keys=users_pay, **fields) == expected


@pytest.mark.parametrize(
    ("moment", "period"),
    [
        (NOON, int(NOON.timestamp())),
        (NOON.replace(tzinfo=None), int(NOON.timestamp())),
        (NOON.isoformat(), int(NOON.timestamp())),
        (None, 0),
        ("soon", 0),
    ],
)
def test_a_period_is_known_by_its_end(moment: object, period: int) -> None:
    assert of_user(user(**(KEY | {"budget_reset_at": moment})), users_pay_for_team_keys=False) == [
        Account("key:hash", "the key", 5.0, 120, "30d", period, 1.5)
    ]


def test_a_team_s_limit_and_period_are_those_that_litellm_has_just_looked_up() -> None:
    snapshot = SimpleNamespace(max_budget=9.0, budget_reset_at=NOON)

    found = of_user(user(**TEAM, team_budget_snapshot=snapshot), users_pay_for_team_keys=False)

    assert found == [Account("team:t", "the team research", 9.0, 120, None, int(NOON.timestamp()), 1.0)]


def test_the_gateway_s_and_a_provider_s_figures_last_for_their_period() -> None:
    half = 15 * 86_400.0
    assert of_budget(GATEWAY, half) == Account("gateway:30d-0", "the gateway", 1.0, 16 * 86_400, "30d")
    assert of_budget(OPENAI, half).whose == "the provider openai"
