"""What is reserved for a request and for its attempts, and what becomes of it at each kind of end."""

import asyncio
from types import SimpleNamespace

import pytest
from cerberus_gateway.budgets import guard as guards
from cerberus_gateway.budgets.guard import MARK, Guard
from cerberus_gateway.budgets.spend import Spend, owes
from fastapi import HTTPException

from tests.budgets.scene import FakeLedger, ask, call

pytestmark = pytest.mark.usefixtures("server")


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


async def test_a_fallback_to_a_dearer_model_reserves_what_is_missing(
    guard: Guard, ledger: FakeLedger, spend: Spend
) -> None:
    await ask(guard)
    first = ledger.reserved[0][1]
    for _ in range(2):
        await guard.before("acompletion", call("anthropic", output_cost_per_token=0.001))
    guard.after({}, 0.05, answered=True)
    guard.ended(spend, 200)

    assert [names for names, _ in ledger.reserved] == [["key", "team", "gateway"]] * 2
    assert sum(usd for _, usd in ledger.reserved) == pytest.approx(0.101, abs=0.001)
    assert ledger.reserved[1][1] < 0.101 - first + 0.001
    assert ledger.settled == [("gateway", 0.05), ("gateway", 0.0)]


async def test_a_deployment_that_was_reckoned_with_needs_no_more(
    guard: Guard, ledger: FakeLedger, spend: Spend, server: SimpleNamespace
) -> None:
    row = {"litellm_params": {"model": "openai/gpt-4o"}, "model_info": {"id": "known"}}
    server.llm_router = SimpleNamespace(get_model_list=lambda **_: [row], model_group_alias={})
    await ask(guard)

    await guard.before("acompletion", call("anthropic", output_cost_per_token=0.001, model_info={"id": "known"}))

    assert len(ledger.reserved) == 1
    assert spend.deployments == {"known"}


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


async def test_an_answer_whose_cost_is_known_settles_before_it_goes_out(
    guard: Guard, ledger: FakeLedger, spend: Spend
) -> None:
    await ask(guard)
    changes = await guard.before("acompletion", call())
    guard.answered()
    assert owes()

    guard.told(0.02)

    assert not owes()
    settled = [("provider-openai", 0.02), ("gateway", 0.02)]
    assert ledger.settled == settled

    # LiteLLM's own word of the same call, which may know of more.
    guard.ended(spend, 200)
    guard.after({"litellm_params": changes}, 0.02, answered=True)
    assert ledger.settled == settled
    guard.after({}, 0.01, answered=True)
    assert ledger.settled[2:] == [("provider-openai late", 0.01), ("gateway late", 0.01)]


async def test_what_it_cost_beyond_that_is_added(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard)
    await guard.before("acompletion", call("anthropic"))
    guard.answered()
    guard.told(0.02)
    guard.ended(spend, 200)
    # The first of them is of another call that was made on the way.
    for usd in (0.005, 0.025):
        guard.after({}, usd, answered=True)

    assert ledger.settled == [("gateway", 0.02), ("gateway late", pytest.approx(0.01))]


async def test_what_a_failed_attempt_cost_counts_too(guard: Guard, ledger: FakeLedger, spend: Spend) -> None:
    await ask(guard)
    await guard.before("acompletion", call("anthropic"))
    guard.after({}, 0.01, answered=False)
    guard.told(0.02)
    guard.after({}, 0.02, answered=True)
    guard.ended(spend, 200)

    assert [usd for _, usd in ledger.settled] == pytest.approx([0.03])


@pytest.mark.parametrize("calls", [{"answered": 2}, {"answers": 1}, {"models": 2}])
async def test_an_answer_of_several_calls_is_not_settled_by_what_one_says(
    calls: dict[str, int], guard: Guard, ledger: FakeLedger, spend: Spend
) -> None:
    await ask(guard)
    for name, count in calls.items():
        setattr(spend, name, count)

    guard.told(0.02)

    assert ledger.settled == []
    assert owes()


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


async def test_a_further_call_of_the_same_request_is_reserved_too(
    guard: Guard, ledger: FakeLedger, spend: Spend
) -> None:
    await ask(guard)
    for usd in (0.01, 0.02):
        mark = await guard.before("acompletion", call())
        guard.answered()
        guard.after({"litellm_params": mark}, usd, answered=True)
    guard.ended(spend, 200)

    names = [["key", "team", "gateway"], ["provider-openai"]]
    assert [reserved for reserved, _ in ledger.reserved] == names * 2
    assert ledger.settled == [
        ("provider-openai", 0.01),
        ("provider-openai", 0.02),
        ("gateway", pytest.approx(0.03)),
        ("gateway", 0.0),
    ]


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
