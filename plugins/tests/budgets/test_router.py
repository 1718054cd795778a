"""LiteLLM's own router around the hook: a budget that is used up is nobody's fault but the budget's."""

import asyncio
from typing import Any

import litellm
import pytest
from cerberus_gateway.budgets import callback as callbacks
from cerberus_gateway.budgets.callback import BudgetCallback
from cerberus_gateway.budgets.spend import Spend, current
from cerberus_gateway.refusal import refusal
from fastapi import HTTPException
from litellm import Router

ROWS: list[dict[str, Any]] = [
    {
        "model_name": name,
        "litellm_params": {"model": f"{provider}/x", "api_key": "k", "mock_response": "hi"},
        "model_info": {"id": f"{name}-{number}"},
    }
    for name, provider in (("first", "openai"), ("second", "anthropic"))
    for number in range(2)
]


class FakeGuard:
    """A provider whose budget is used up."""

    def __init__(self, used_up: str) -> None:
        self.used_up = used_up
        self.answers: list[float] = []
        self.calls = 0
        self.early: list[float] = []

    async def before(self, call_type: str, kwargs: dict[str, Any]) -> dict[str, Any]:
        assert call_type == "acompletion"
        if str(kwargs["model"]).startswith(self.used_up):
            raise refusal(code="budget_exceeded", message="the budget of the provider is used up")
        return {}

    def answered(self) -> None:
        self.calls += 1

    def told(self, usd: float) -> None:
        self.early.append(usd)

    def after(self, kwargs: dict[str, Any], usd: float, *, answered: bool) -> None:
        del kwargs
        if answered:
            assert current.get() is not None
            self.answers.append(usd)


@pytest.fixture
def request_() -> Spend:
    spend = Spend()
    current.set(spend)
    return spend


async def ask(monkeypatch: pytest.MonkeyPatch, used_up: str) -> tuple[Router, FakeGuard, Any]:
    guard = FakeGuard(used_up)
    monkeypatch.setattr(callbacks, "guard", lambda: guard)
    monkeypatch.setattr(litellm, "callbacks", [BudgetCallback()])
    router = Router(model_list=ROWS, fallbacks=[{"first": ["second"]}], num_retries=1, allowed_fails=0)
    try:
        answer = await router.acompletion("first", [{"role": "user", "content": "hello"}], metadata={})
    except HTTPException as error:
        answer = error
    await asyncio.sleep(0.3)
    return router, guard, answer


async def _cooled(router: Router) -> list[Any]:
    return list(await router.cooldown_cache.async_get_active_cooldowns([row["model_info"]["id"] for row in ROWS], None))


@pytest.mark.usefixtures("request_")
async def test_the_fallback_answers_and_no_deployment_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    router, guard, answer = await ask(monkeypatch, "openai")

    assert answer.choices[0].message.content == "hi"
    # LiteLLM's log runs in the request's context, or in a copy of it.
    assert len(guard.answers) == guard.calls == 1
    assert await _cooled(router) == []


@pytest.mark.usefixtures("request_")
async def test_what_an_answer_cost_is_known_before_litellm_logs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in ROWS:
        monkeypatch.setitem(row["litellm_params"], "output_cost_per_token", 0.5)
    _, guard, answer = await ask(monkeypatch, "openai")

    await BudgetCallback().async_post_call_success_hook({}, None, answer)

    assert guard.early == guard.answers
    assert guard.early[0] > 0


@pytest.mark.usefixtures("request_")
async def test_what_the_cache_had_a_part_in_is_left_to_litellm_s_log(monkeypatch: pytest.MonkeyPatch) -> None:
    _, guard, answer = await ask(monkeypatch, "openai")
    answer._hidden_params |= {"cache_hit": True, "response_cost": 0.5}

    await BudgetCallback().async_post_call_success_hook({}, None, answer)
    await BudgetCallback().async_post_call_success_hook({}, None, {"no": "hidden parameters"})

    assert guard.early == []


@pytest.mark.usefixtures("request_")
async def test_without_a_fallback_the_refusal_comes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    router, _, answer = await ask(monkeypatch, "")

    assert isinstance(answer, HTTPException)
    assert answer.status_code == 429
    assert await _cooled(router) == []
