"""Whose budget refuses, and what passes though nobody knows what it costs."""

from types import SimpleNamespace
from typing import Any

import pytest
from cerberus_gateway.budgets.guard import Guard
from cerberus_gateway.budgets.ledger import LedgerUnavailableError
from cerberus_gateway.budgets.spend import Spend
from fastapi import HTTPException

from tests.budgets.scene import GATEWAY, FakeLedger, ask, call

pytestmark = pytest.mark.usefixtures("server")


@pytest.mark.parametrize(
    ("full", "says"),
    [
        ("key", "the budget of the key is 5 USD; 4.95 USD are spent or reserved, and this request can cost up to 0.00"),
        ("team", "the budget of the team t is 3 USD; 2.95 USD are"),
        ("gateway", "the budget of the gateway is 1 USD per 30d; 0.95 USD are"),
    ],
)
async def test_no_room_is_a_429_that_says_whose_budget(
    guard: Guard, ledger: FakeLedger, spend: Spend, full: str, says: str
) -> None:
    ledger.full = full

    with pytest.raises(HTTPException) as caught:
        await ask(guard)

    detail: Any = caught.value.detail
    assert (caught.value.status_code, detail["code"]) == (429, "budget_exceeded")
    assert says in detail["message"]
    assert "hash" not in str(detail)
    guard.ended(spend, 429)
    assert ledger.settled == []


async def test_a_provider_without_room_says_so(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    ledger.full = "provider"

    with pytest.raises(HTTPException, match=r"the budget of the provider openai is 0\.5 USD per 30d"):
        await guard.before("acompletion", call())

    assert not spend.reached


async def test_a_budget_that_can_t_be_checked_refuses(spend: Spend) -> None:
    del spend
    guard = Guard((GATEWAY,), FakeLedger(LedgerUnavailableError()), 600)  # type: ignore[arg-type]

    with pytest.raises(HTTPException) as caught:
        await ask(guard)

    assert caught.value.status_code == 503


@pytest.mark.parametrize(
    ("more", "reserves"),
    [
        ({"call_type": "alist_batches"}, None),
        ({"call_type": "acreate_batch"}, 0.0),
        ({"model": "nobody-knows"}, 0.0),
        # What a provider's own tools cost is not known; the rest is.
        ({"tools": [{"type": "web_search"}]}, 0.005),
    ],
)
async def test_what_can_t_be_reckoned_passes_while_there_is_something_left(
    guard: Guard, ledger: FakeLedger, spend: Spend, more: dict[str, Any], reserves: float | None
) -> None:
    await ask(guard, **more)

    assert [usd for _, usd in ledger.reserved] == ([] if reserves is None else [pytest.approx(reserves, abs=0.003)])
    assert len(spend.reservations) == len(ledger.reserved)


@pytest.mark.usefixtures("spend")
async def test_what_is_free_reserves_nothing(guard: Guard, ledger: FakeLedger, server: SimpleNamespace) -> None:
    rows = [{"litellm_params": {"model": "made/up", "input_cost_per_token": 0, "output_cost_per_token": 0}}]
    lists = dict.fromkeys(("fallbacks", "context_window_fallbacks", "content_policy_fallbacks"))
    server.llm_router = SimpleNamespace(get_model_list=lambda **_: rows, model_group_alias={}, **lists)

    await ask(guard)
    assert await guard.before("acompletion", call(input_cost_per_token=0, output_cost_per_token=0)) == {}
    assert ledger.reserved == []

    # Its fallback may cost something.
    await guard.before("acompletion", call("anthropic"))
    assert [names for names, _ in ledger.reserved] == [["key", "team", "gateway"]]
