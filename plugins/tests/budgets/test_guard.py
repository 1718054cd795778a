"""What is reserved for a request and for its attempts, and what becomes of it at each kind of end."""

import asyncio
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from cerberus_gateway.budgets import guard as guards
from cerberus_gateway.budgets.accounts import Account
from cerberus_gateway.budgets.guard import MARK, Guard
from cerberus_gateway.budgets.ledger import Full, LedgerUnavailableError, Reservation
from cerberus_gateway.budgets.spend import Spend, current, under_way
from cerberus_gateway.safety.asked import Asked
from fastapi import HTTPException

from tests.budgets.scene import GATEWAY, OPENAI, user

ANN = {"token": "hash", "max_budget": 5.0, "team_id": "t", "team_max_budget": 3.0}


class FakeLedger:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self, answer: Exception | None = None) -> None:
        self.answer = answer
        self.full: str | None = None
        self.reserved: list[tuple[list[str], float]] = []
        self.settled: list[tuple[str, float]] = []

    async def reserve(self, accounts: Sequence[Account], call: str, usd: float, lease_seconds: float) -> Any:  # noqa: ANN401
        assert lease_seconds == 660
        self.reserved.append(([account.name.partition(":")[0] for account in accounts], usd))
        if self.answer is not None:
            raise self.answer
        full = next((account for account in accounts if account.name.startswith(self.full or "-")), None)
        return Reservation(call, usd, tuple(accounts)) if full is None else Full(full, full.max_usd - 0.05)

    def settle_soon(self, reservation: Reservation, usd: float, *, late: bool = False) -> None:
        name = reservation.accounts[-1].name.partition(":")[0]
        self.settled.append((f"{name} late" if late else name, usd))


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """No router: prices are those of the map."""
    import sys  # noqa: PLC0415

    server = SimpleNamespace(llm_router=None, general_settings={})
    monkeypatch.setitem(sys.modules, "litellm.proxy.proxy_server", server)
    monkeypatch.setattr("litellm.proxy.proxy_server", server, raising=False)
    return server


@pytest.fixture
def spend() -> Iterator[Spend]:
    """The request that the edge has begun."""
    begun = Spend()
    token, no_attempt = current.set(begun), under_way.set(None)
    yield begun
    under_way.reset(no_attempt)
    current.reset(token)


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger()


@pytest.fixture
def guard(ledger: FakeLedger) -> Guard:
    return Guard((GATEWAY, OPENAI), ledger, 600)  # type: ignore[arg-type]


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


async def ask(guard: Guard, call_type: str = "acompletion", who: Any = None, **more: Any) -> None:  # noqa: ANN401
    data = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 100, **more}
    await guard.request(Asked(who or user(**ANN), data, call_type), users_pay_for_team_keys=False)


async def test_a_request_is_reserved_once_for_all_who_pay(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard)

    assert [names for names, _ in ledger.reserved] == [["key", "team", "gateway"]]
    # 100 tokens at 10 USD per million, and the prompt's bytes and frame at 2.50.
    assert 0.003 < ledger.reserved[0][1] < 0.005
    assert len(spend.reservations) == 1


async def test_the_gateway_is_not_reserved_again_for_an_attempt(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard)
    await guard.before("acompletion", call())
    await guard.before("acompletion", call("anthropic"))

    assert [names for names, _ in ledger.reserved[1:]] == [["provider-openai"]]
    assert spend.reached


async def test_a_call_of_litellm_s_own_counts_for_the_gateway(guard: Guard, ledger: FakeLedger) -> None:
    changes = await guard.before("acompletion", call())
    assert changes["metadata"]["kept"] == 1

    for usd in (0.01, 9):
        guard.after({"litellm_params": changes}, usd, answered=True)

    assert [names for names, _ in ledger.reserved] == [["provider-openai", "gateway"]]
    assert ledger.settled == [("gateway", 0.01)]


async def test_an_answer_settles_when_the_request_is_over(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard)
    changes = await guard.before("acompletion", call())
    guard.after({"litellm_params": changes}, 0.02, answered=True)
    assert ledger.settled == [("provider-openai", 0.02)]

    guard.ended(spend, 200)

    assert ledger.settled[1:] == [("gateway", 0.02)]


async def test_a_stream_s_cost_comes_after_its_end(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard)
    await guard.before("acompletion", call("anthropic"))
    guard.ended(spend, 200)
    assert ledger.settled == []

    guard.after({}, 0.03, answered=True)
    # Another call that was made on the way.
    guard.after({}, 0.01, answered=True)

    assert ledger.settled == [("gateway", 0.03), ("gateway late", 0.01)]


async def test_what_never_reached_a_provider_is_given_back(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard)
    guard.failed(HTTPException(400))
    guard.ended(spend, 400)

    assert ledger.settled == [("gateway", 0.0)]


async def test_retries_and_a_failure_in_the_end(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard)
    first = await guard.before("acompletion", call())
    guard.after({"litellm_params": first}, 0.0, answered=False)
    # LiteLLM does not tell of the second failure.
    second = await guard.before("acompletion", call())
    assert first["metadata"][MARK] != second["metadata"][MARK]
    guard.failed(RuntimeError())
    guard.ended(spend, 500)

    assert ledger.settled == [("provider-openai", 0.0), ("gateway", 0.0), ("provider-openai", 0.0)]


async def test_a_call_made_out_of_another_is_one_attempt(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard, "aresponses", messages=None, input="hello")
    outer = await guard.before("aresponses", call(max_output_tokens=100))
    inner = await guard.before("acompletion", call())
    assert outer["metadata"][MARK] == inner["metadata"][MARK]

    guard.after({}, 0.04, answered=True)
    guard.ended(spend, 200)

    assert len(ledger.reserved) == 2
    assert ledger.settled == [("provider-openai", 0.04), ("gateway", 0.04)]


async def test_two_models_side_by_side_are_two_attempts(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard, model="gpt-4o,gpt-4o-mini")
    await asyncio.gather(*(guard.before("acompletion", call()) for _ in range(2)))
    guard.after({}, 0.01, answered=True)
    guard.ended(spend, 200)

    assert len(ledger.reserved) == 3
    # The other one's cost is not known, so all of it counts.
    assert ledger.settled == [("provider-openai", 0.01)]


async def test_a_client_that_hangs_up_counts_in_full_until_its_cost_is_known(
    guard: Guard, ledger: FakeLedger, spend: Spend
) -> None:
    await ask(guard)
    await guard.before("acompletion", call())
    guard.ended(spend, 0)
    assert ledger.settled == []

    guard.after({}, 0.02, answered=True)

    assert ledger.settled == [("provider-openai", 0.02), ("gateway", 0.02)]


@pytest.mark.parametrize("answered", [True, False])
async def test_a_refused_answer_waits_for_its_cost(
    guard: Guard, ledger: FakeLedger, spend: Spend, monkeypatch: pytest.MonkeyPatch, *, answered: bool
) -> None:
    monkeypatch.setattr(guards, "LOGGED_SECONDS", 0.05)
    await ask(guard)
    await guard.before("acompletion", call("anthropic"))
    guard.failed(HTTPException(400))
    guard.ended(spend, 400)
    assert ledger.settled == []

    if answered:
        guard.after({}, 0.02, answered=True)
    await asyncio.sleep(0.1)

    assert ledger.settled == [("gateway", 0.02 if answered else 0.0)]


async def test_a_pass_through_is_known_by_its_answer(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard, "pass_through_endpoint")
    guard.ended(spend, 200)
    assert ledger.settled == []

    guard.after({}, 0.02, answered=True)

    assert ledger.settled == [("gateway", 0.02)]


async def test_outside_of_the_edge_the_first_answer_settles(guard: Guard, ledger: FakeLedger) -> None:
    async def all_of_it() -> None:
        await ask(guard)
        await guard.before("acompletion", call("anthropic"))
        guard.after({}, 0.02, answered=True)

    await asyncio.create_task(all_of_it())

    assert ledger.settled == [("gateway", 0.02)]


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


async def test_what_is_free_reserves_nothing(guard: Guard, ledger: FakeLedger, server: SimpleNamespace) -> None:
    rows = [{"litellm_params": {"model": "made/up", "input_cost_per_token": 0, "output_cost_per_token": 0}}]
    lists = dict.fromkeys(("fallbacks", "context_window_fallbacks", "content_policy_fallbacks"))
    server.llm_router = SimpleNamespace(get_model_list=lambda **_: rows, model_group_alias={}, **lists)

    await ask(guard)
    assert await guard.before("acompletion", call(input_cost_per_token=0, output_cost_per_token=0)) == {}

    assert ledger.reserved == []
