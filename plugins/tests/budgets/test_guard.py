from collections.abc import Sequence
from typing import Any

import pytest
from cerberus_gateway.budgets.guard import MARK, Guard
from cerberus_gateway.budgets.ledger import Full, LedgerUnavailableError, Reservation
from cerberus_gateway.budgets.settings import Budget
from fastapi import HTTPException

ALL = Budget(name="gateway", provider=None, max_usd=1.0, period="30d")
OPENAI = Budget(name="provider-openai", provider="openai", max_usd=0.5, period="30d")


class FakeLedger:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self, answer: Full | Exception | None = None) -> None:
        self.answer = answer
        self.reserved: list[tuple[list[str], float]] = []
        self.settled: list[float] = []

    async def reserve(self, budgets: Sequence[Budget], call: str, usd: float, lease_seconds: float) -> Any:  # noqa: ANN401
        assert lease_seconds == 660
        self.reserved.append(([budget.name for budget in budgets], usd))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer or Reservation(call, usd, (), ())

    async def settle(self, reservation: Reservation, usd: float) -> None:
        del reservation
        self.settled.append(usd)


def call(provider: str = "openai", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "model": f"{provider}/x",
        "messages": [{"role": "user", "content": "hello"}],
        "max_tokens": 100,
        "input_cost_per_token": 0.000_001,
        "output_cost_per_token": 0.001,
        "metadata": {"kept": 1},
        **more,
    }


def guard_on(ledger: FakeLedger) -> Guard:
    return Guard((ALL, OPENAI), ledger, 600)  # type: ignore[arg-type]


async def test_a_call_is_counted_by_the_gateway_and_by_its_own_provider() -> None:
    ledger = FakeLedger()
    await guard_on(ledger).before("acompletion", call())
    await guard_on(ledger).before("acompletion", call("anthropic"))

    assert [names for names, _ in ledger.reserved] == [["gateway", "provider-openai"], ["gateway"]]
    assert 0.1 < ledger.reserved[0][1] < 0.11


async def test_the_end_of_a_call_settles_its_own_reservation_once() -> None:
    ledger = FakeLedger()
    guard = guard_on(ledger)
    first = await guard.before("acompletion", call())
    second = await guard.before("acompletion", call())
    assert first["metadata"]["kept"] == 1
    assert first["metadata"][MARK] != second["metadata"][MARK]

    for ended, usd in ((second, 0.02), (second, 0.03), (first, 0.01)):
        await guard.after({"litellm_params": ended}, usd)
    await guard.after({"litellm_params": {"metadata": {}}}, 9)

    assert ledger.settled == [0.02, 0.01]


async def test_an_end_without_the_mark_is_found_by_the_call_s_id_the_first_attempt_first() -> None:
    ledger = FakeLedger()
    guard = guard_on(ledger)
    for _ in range(2):
        await guard.before("aresponses", call(litellm_call_id="c", max_output_tokens=100))

    for call_id, usd in (("other", 9), ("c", 0.0), ("c", 0.04), ("c", 9)):
        await guard.after({"litellm_call_id": call_id}, usd)

    assert ledger.settled == [0.0, 0.04]


async def test_no_room_is_a_429_that_says_whose_budget_and_what_to_do() -> None:
    guard = guard_on(FakeLedger(Full(OPENAI, 0.45)))

    with pytest.raises(HTTPException) as caught:
        await guard.before("acompletion", call())

    assert caught.value.status_code == 429
    detail: Any = caught.value.detail
    assert detail["code"] == "budget_exceeded"
    assert "the budget of the provider openai is 0.5 USD per 30d; 0.45 USD are spent or reserved" in detail["message"]


async def test_a_budget_that_can_t_be_checked_refuses() -> None:
    guard = guard_on(FakeLedger(LedgerUnavailableError()))

    with pytest.raises(HTTPException) as caught:
        await guard.before("acompletion", call())

    assert caught.value.status_code == 503


async def test_what_is_free_reserves_nothing() -> None:
    ledger = FakeLedger()

    assert await guard_on(ledger).before("acompletion", call(input_cost_per_token=0, output_cost_per_token=0)) == {}
    assert ledger.reserved == []
