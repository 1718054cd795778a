"""LiteLLM's hooks around each call of a provider.

config.yaml names `cerberus_gateway.budgets.callback.budget_callback`.
"""

from typing import Any

from litellm.integrations.custom_logger import CustomLogger

from cerberus_gateway.budgets.process import guard


class BudgetCallback(CustomLogger):  # type: ignore[misc]
    """Refuses a call that could exceed a budget of the gateway or of its provider."""

    async def async_pre_call_deployment_hook(
        self,
        kwargs: dict[str, Any],
        call_type: Any,  # noqa: ANN401 - LiteLLM's types are in its image only
    ) -> dict[str, Any]:
        changes = await guard().before(str(getattr(call_type, "value", call_type)), kwargs)
        return {**kwargs, **changes}

    async def async_log_success_event(
        self,
        kwargs: dict[str, Any],
        response_obj: Any,  # noqa: ANN401, ARG002
        start_time: Any,  # noqa: ANN401, ARG002
        end_time: Any,  # noqa: ANN401, ARG002
    ) -> None:
        await guard().after(kwargs, _cost(kwargs))

    async def async_log_failure_event(
        self,
        kwargs: dict[str, Any],
        response_obj: Any,  # noqa: ANN401, ARG002
        start_time: Any,  # noqa: ANN401, ARG002
        end_time: Any,  # noqa: ANN401, ARG002
    ) -> None:
        await guard().after(kwargs, _cost(kwargs))


def _cost(kwargs: dict[str, Any]) -> float:
    logged = kwargs.get("standard_logging_object") or {}
    return float(logged.get("response_cost") or kwargs.get("response_cost") or 0.0)


budget_callback = BudgetCallback()
