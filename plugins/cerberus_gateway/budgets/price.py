"""The most that a request can cost at the models it names, and that one call of one deployment can cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from cerberus_gateway.safety.asked import Asked
from cerberus_gateway.safety.calls import Kind, kind_of
from cerberus_gateway.safety.decisions import refused
from cerberus_gateway.safety.estimate import usage_of, worst_of_all
from cerberus_gateway.safety.limits import read_output
from cerberus_gateway.safety.prices import Tariff, Usage, worst_cost
from cerberus_gateway.safety.reach import entry_of
from cerberus_gateway.safety.survey import MalformedError, survey

_USUAL_OUTPUT: Final = 16_384
"""Output tokens of an answer where neither the request nor the price map sets a limit, as LiteLLM reckons."""

_SENT: Final = (
    "messages", "prompt", "input", "instructions", "system", "contents", "tools", "functions", "documents", "query",
    "max_tokens", "max_completion_tokens", "max_output_tokens", "n", "best_of", "thinking", "generationConfig",
    "config", "modalities", "service_tier", "file", "response_format", "previous_response_id",
)  # fmt: skip
"""Fields of a call that are the request itself; the rest is LiteLLM's own."""


@dataclass(frozen=True, slots=True)
class Most:
    """What a request can cost."""

    usd: float
    """As far as it is known."""
    bounded: bool
    """Whether it can't be more."""
    models: int = 1
    """How many models answer it."""
    deployments: frozenset[str] = frozenset()
    """Ids of the deployments that were reckoned with; a fallback to another one may cost more."""


def most_of(asked: Asked) -> Most:
    """Most USD that a request can cost at the dearest deployment of the models it names.

    :raises HTTPException: invalid_request for a body that can't be read
    """
    try:
        seen = survey(asked.body)
    except MalformedError as error:
        raise refused("invalid_request", f"{error}; send a simpler one") from None
    costs = asked.costs(seen, asked.body, _price, fallbacks=False)
    whole = None if seen.hosted_tools else worst_of_all(costs)
    known = sum(max((cost for cost in of_model if cost is not None), default=0.0) for of_model in costs)
    return Most(known, whole is not None, max(1, len(costs)), asked.deployments)


def _price(entry: Tariff, usage: Usage) -> float | None:
    cost = worst_cost(entry, usage)
    if cost is None and usage.output_tokens is None:
        return worst_cost(entry, replace(usage, output_tokens=_USUAL_OUTPUT * usage.answers))
    return cost


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
