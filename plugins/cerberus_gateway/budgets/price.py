"""The most that one call of one deployment can cost."""

from collections.abc import Mapping
from typing import Any, Final

from cerberus_gateway.safety.calls import Kind, kind_of
from cerberus_gateway.safety.estimate import usage_of
from cerberus_gateway.safety.limits import read_output
from cerberus_gateway.safety.prices import worst_cost
from cerberus_gateway.safety.reach import entry_of
from cerberus_gateway.safety.survey import survey

_SENT: Final = (
    "messages", "prompt", "input", "instructions", "system", "contents", "tools", "functions", "documents", "query",
    "max_tokens", "max_completion_tokens", "max_output_tokens", "n", "best_of", "thinking", "generationConfig",
    "config", "modalities", "service_tier", "file", "response_format", "previous_response_id",
)  # fmt: skip
"""Fields of a call that are the request itself; the rest is LiteLLM's own."""


def worst_of(call_type: str, kwargs: Mapping[str, Any]) -> float | None:
    """Most USD that the call can cost; None when no bound is known.

    :param kwargs: of LiteLLM's own function, such as acompletion, with the deployment's parameters in it
    """
    kind: Kind = kind_of(call_type)
    body = {name: kwargs[name] for name in _SENT if kwargs.get(name) is not None}
    entry = entry_of({"litellm_params": kwargs, "model_info": kwargs.get("model_info") or model_info(kwargs)})
    if entry is None:
        return None
    return worst_cost(entry, usage_of(kind, body, survey(body), read_output(kind, body)))


def model_info(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the router says of the deployment it chose."""
    for holder in ("litellm_metadata", "metadata"):
        info = (kwargs.get(holder) or {}).get("model_info")
        if isinstance(info, Mapping):
            return info
    return {}


def provider_of(kwargs: Mapping[str, Any]) -> str:
    """LiteLLM's name of the provider that is called, such as openai."""
    named = kwargs.get("custom_llm_provider")
    return str(named) if named else str(kwargs.get("model") or "").partition("/")[0]
