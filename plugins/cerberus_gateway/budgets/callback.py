"""LiteLLM's hooks around a request and around each call of a provider.

config.yaml names `cerberus_gateway.budgets.callback.budget_callback`.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger
from litellm.router_utils.cooldown_handlers import mark_advisor_orchestration_failure

from cerberus_gateway.budgets.process import guard, users_pay_for_team_keys
from cerberus_gateway.budgets.spend import current
from cerberus_gateway.safety.asked import Asked
from cerberus_gateway.safety.edge import current_edge


class BudgetCallback(CustomLogger):  # type: ignore[misc]
    """Refuses what could exceed a budget."""

    holds_cerberus_budgets = True

    async def async_pre_call_hook(
        self,
        user_api_key_dict: Any,  # noqa: ANN401 - LiteLLM's types are in its image only
        cache: Any,  # noqa: ANN401, ARG002
        data: dict[str, Any],
        call_type: Any,  # noqa: ANN401
    ) -> None:
        asked = Asked(user_api_key_dict, data, str(getattr(call_type, "value", call_type)))
        try:
            await guard().request(asked, users_pay_for_team_keys=users_pay_for_team_keys())
        except HTTPException as error:
            _answer_with(error)
            raise

    async def async_pre_call_deployment_hook(
        self,
        kwargs: dict[str, Any],
        call_type: Any,  # noqa: ANN401
    ) -> dict[str, Any]:
        try:
            changes = await guard().before(str(getattr(call_type, "value", call_type)), kwargs)
        except HTTPException as error:
            # Else LiteLLM takes the 429 for the deployment's own, and leaves it out for everybody.
            mark_advisor_orchestration_failure(error)
            if (spend := current.get()) is None or not spend.reached:
                _answer_with(error)
            raise
        if changes and (edge := current_edge.get()) is not None:
            edge.refusal = None
        return {**kwargs, **changes}

    async def async_post_call_success_deployment_hook(
        self,
        request_data: Any,  # noqa: ANN401, ARG002
        response: Any,  # noqa: ANN401, ARG002
        call_type: Any,  # noqa: ANN401, ARG002
    ) -> None:
        guard().answered()

    async def async_post_call_success_hook(
        self,
        data: dict[str, Any],  # noqa: ARG002
        user_api_key_dict: Any,  # noqa: ANN401, ARG002
        response: Any,  # noqa: ANN401
    ) -> None:
        hidden = getattr(response, "_hidden_params", None)
        if isinstance(hidden, Mapping) and (cost := _of_answer(hidden)) is not None:
            guard().told(cost)

    async def async_post_call_failure_hook(
        self,
        request_data: dict[str, Any],  # noqa: ARG002
        original_exception: Exception,
        user_api_key_dict: Any,  # noqa: ANN401, ARG002
        traceback_str: str | None = None,  # noqa: ARG002
    ) -> None:
        guard().failed(original_exception)

    async def async_log_success_event(
        self,
        kwargs: dict[str, Any],
        response_obj: Any,  # noqa: ANN401, ARG002
        start_time: Any,  # noqa: ANN401, ARG002
        end_time: Any,  # noqa: ANN401, ARG002
    ) -> None:
        guard().after(kwargs, _cost(kwargs), answered=True)

    async def async_log_failure_event(
        self,
        kwargs: dict[str, Any],
        response_obj: Any,  # noqa: ANN401, ARG002
        start_time: Any,  # noqa: ANN401, ARG002
        end_time: Any,  # noqa: ANN401, ARG002
    ) -> None:
        guard().after(kwargs, _cost(kwargs), answered=False)


def _answer_with(error: HTTPException) -> None:
    """The edge answers with it in the one form that all routes share."""
    if (edge := current_edge.get()) is not None:
        edge.refusal = error


def _of_answer(hidden: Mapping[str, Any]) -> float | None:
    """USD of an answer by its hidden parameters; None when they don't say.

    Of one from the cache they say what the first one cost; and it may be so in parts only (embeddings).
    """
    cost = hidden.get("response_cost")
    return float(cost) if isinstance(cost, int | float) and hidden.get("cache_hit") is not True else None


def _cost(kwargs: dict[str, Any]) -> float:
    """USD of a call. An answer from the cache costs nothing, whatever LiteLLM says that the first one cost."""
    logged = kwargs.get("standard_logging_object") or {}
    if logged.get("cache_hit") is True:
        return 0.0
    return float(logged.get("response_cost") or kwargs.get("response_cost") or 0.0)


budget_callback = BudgetCallback()
