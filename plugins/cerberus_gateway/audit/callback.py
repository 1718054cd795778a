"""What LiteLLM's hooks know of a request, added to its record. The line itself is the middleware's.

config.yaml names `cerberus_gateway.audit.callback.audit_callback`. LiteLLM executes this file on its own for that, so
nothing is kept here: see open_requests.py.
"""

from typing import Any

from litellm.integrations.custom_logger import CustomLogger

from cerberus_gateway.audit import hook_facts
from cerberus_gateway.audit.open_requests import state

REJECTED = "proxy_rejected_before_routing"
"""LiteLLM's mark on what it logs as a failed call though no provider was asked."""


class AuditCallback(CustomLogger):  # type: ignore[misc]
    """Never refuses, never changes anything."""

    async def async_pre_call_hook(
        self,
        user_api_key_dict: Any,  # noqa: ANN401 - LiteLLM's types are in its image only
        cache: Any,  # noqa: ANN401, ARG002
        data: dict[str, Any],
        call_type: str,  # noqa: ARG002
    ) -> None:
        hook_facts.add(data, hook_facts.identity(user_api_key_dict))

    async def async_pre_call_deployment_hook(
        self,
        kwargs: dict[str, Any],
        call_type: Any,  # noqa: ANN401, ARG002
    ) -> None:
        opened = state.requests.get(hook_facts.call_id(kwargs, {}))
        if opened is not None and opened.streams is not None and kwargs.get("stream") is True:
            opened.streams()

    async def async_post_call_success_hook(
        self,
        data: dict[str, Any],
        user_api_key_dict: Any,  # noqa: ANN401
        response: Any,  # noqa: ANN401
    ) -> None:
        hook_facts.add(data, hook_facts.identity(user_api_key_dict) | hook_facts.served(data, response))

    async def async_post_call_failure_hook(
        self,
        request_data: dict[str, Any],
        original_exception: Exception,
        user_api_key_dict: Any,  # noqa: ANN401
        traceback_str: str | None = None,  # noqa: ARG002
    ) -> None:
        facts = hook_facts.identity(user_api_key_dict)
        hook_facts.add(request_data, facts | {"error": hook_facts.error(original_exception)})

    async def async_logging_hook(
        self,
        kwargs: dict[str, Any],
        result: Any,  # noqa: ANN401
        call_type: str,  # noqa: ARG002
    ) -> tuple[dict[str, Any], Any]:
        """Comes before the success events, which wait for Redis, while the end of a stream waits for this."""
        logged = kwargs.get("standard_logging_object") or {}
        if (opened := state.requests.get(hook_facts.call_id(kwargs, logged))) is not None:
            opened.record.facts.update(hook_facts.logged(logged))
            opened.logged.set()
        return kwargs, result

    async def async_log_failure_event(
        self,
        kwargs: dict[str, Any],
        response_obj: Any,  # noqa: ANN401, ARG002
        start_time: Any,  # noqa: ANN401, ARG002
        end_time: Any,  # noqa: ANN401, ARG002
    ) -> None:
        logged = kwargs.get("standard_logging_object") or {}
        call_id = hook_facts.call_id(kwargs, logged)
        reached = not (kwargs.get("litellm_params") or {}).get(REJECTED)
        line = hook_facts.attempt_failure(logged, call_id) if reached else None
        if state.client is not None and line is not None:
            state.client.post(line)
        if (opened := state.requests.get(call_id)) is not None:
            opened.record.facts.update(hook_facts.spent(logged))
            opened.logged.set()


audit_callback = AuditCallback()
