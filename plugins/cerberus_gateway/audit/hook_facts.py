"""Facts of a line out of what LiteLLM hands to its hooks. LiteLLM's shapes are read here and nowhere else."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.masking import mask
from cerberus_gateway.audit.open_requests import state
from cerberus_gateway.record import current

HEALTH_CHECK = "litellm-internal-health-check"
"""Tag and key alias of LiteLLM's own probes."""
OWN_ERRORS = frozenset({"HTTPException", "ProxyException", "ProxyRateLimitError", "GuardrailRaisedException"})
"""Raised by the gateway, be it about an answer: no provider failed."""
TOKENS = ("prompt_tokens", "completion_tokens", "total_tokens")
MAX_TEXT = 300
MAX_TAGS = 50


def call_id(kwargs: Mapping[str, Any], logged: Mapping[str, Any]) -> str:
    """The call id that the middleware gave, or an empty text for calls of LiteLLM's own."""
    return str(kwargs.get("litellm_call_id") or logged.get("litellm_call_id") or "")


def add(data: Mapping[str, Any], facts: dict[str, Any]) -> None:
    """Adds facts to the record of the request that `data` belongs to; a hook may run outside the request's context."""
    opened = state.requests.get(str(data.get("litellm_call_id") or ""))
    record = current.get() if opened is None else opened.record
    if record is not None:
        record.facts.update(facts)


def identity(user: object) -> dict[str, Any]:
    """Who asks, of LiteLLM's UserAPIKeyAuth. Its api_key is the key's hash."""
    names = {
        "key_hash": "api_key",
        "key_alias": "key_alias",
        "user_id": "user_id",
        "team_id": "team_id",
        "team_alias": "team_alias",
        "end_user": "end_user_id",
    }
    facts = {name: _text(getattr(user, attribute, None)) for name, attribute in names.items()}
    if (key := facts["key_hash"]) is not None and key.startswith("sk-"):
        facts["key_hash"] = None
    return _known(facts)


def served(data: Mapping[str, Any], response: object) -> dict[str, Any]:
    """Who answered a call that isn't a stream, of the response's hidden parameters."""
    hidden = getattr(response, "_hidden_params", None)
    if not isinstance(hidden, Mapping):
        return {}
    return _known(
        {
            "deployment": _text(hidden.get("model_id")),
            "provider": _text(hidden.get("custom_llm_provider")),
            "cost_usd": _amount(_cost(hidden)),
            "usage": _usage(getattr(response, "usage", None)),
            "cache_hit": hidden.get("cache_hit") if isinstance(hidden.get("cache_hit"), bool) else None,
            "tags": _tags((data.get("metadata") or {}).get("tags")),
        }
    )


def logged(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What LiteLLM's log payload says of a call that succeeded."""
    metadata = payload.get("metadata") or {}
    return _known(
        {
            "model": _text(payload.get("model")),
            "deployment": _text(payload.get("model_id")),
            "provider": _text(payload.get("custom_llm_provider")),
            "cache_hit": payload.get("cache_hit") if isinstance(payload.get("cache_hit"), bool) else None,
            "end_user": _text(payload.get("end_user")),
            "tags": _tags(payload.get("request_tags")),
            "key_hash": _text(metadata.get("user_api_key_hash")),
            "key_alias": _text(metadata.get("user_api_key_alias")),
            "user_id": _text(metadata.get("user_api_key_user_id")),
            "team_id": _text(metadata.get("user_api_key_team_id")),
            "team_alias": _text(metadata.get("user_api_key_team_alias")),
        }
    ) | spent(payload)


def spent(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Tokens and cost, when there were any: a failed call may have cost something too."""
    counts = {name: payload.get(name) for name in TOKENS}
    usage = {name: count for name, count in counts.items() if isinstance(count, int)}
    facts = {"cost_usd": _amount(_cost(payload)), "usage": usage if any(usage.values()) else None}
    return _known(facts) if payload.get("status") == "success" or facts["cost_usd"] else {}


def _usage(told: object) -> dict[str, int] | None:
    """Tokens of an answer in Chat Completions' form; of another form the answer's body says them."""
    counts = {name: getattr(told, name, None) for name in TOKENS}
    return {name: count for name, count in counts.items() if isinstance(count, int)} if all(counts.values()) else None


def _cost(said: Mapping[str, Any]) -> object:
    """USD of a call. An answer from the cache costs nothing; LiteLLM says of it what the first one cost."""
    return 0.0 if said.get("cache_hit") is True else said.get("response_cost")


def error(exception: BaseException) -> dict[str, Any]:
    """Class, code and message of an error. The message holds no key and no address of a person."""
    detail = getattr(exception, "detail", None)
    facts: dict[str, Any] = {
        "class": type(exception).__name__,
        "code": _text(getattr(exception, "code", None) or getattr(exception, "status_code", None)),
        "type": _text(getattr(exception, "type", None)),
        "provider": _text(getattr(exception, "llm_provider", None)),
    }
    if isinstance(detail, Mapping):
        facts |= {"type": _text(detail.get("type")), "code": _text(detail.get("code")) or facts["code"]}
    message = detail.get("message") or detail.get("error") if isinstance(detail, Mapping) else detail
    facts["message"] = mask(str(message or getattr(exception, "message", None) or exception)[:MAX_TEXT])
    return _known(facts)


def attempt_failure(payload: Mapping[str, Any], of_call: str) -> Line | None:
    """The line of one attempt at a provider that failed; None for probes, and for requests that reached no provider."""
    information = payload.get("error_information") or {}
    provider = _text(information.get("llm_provider")) or _text(payload.get("custom_llm_provider"))
    metadata = payload.get("metadata") or {}
    probe = HEALTH_CHECK in (payload.get("request_tags") or ()) or metadata.get("user_api_key_alias") == HEALTH_CHECK
    own = information.get("error_class") in OWN_ERRORS
    if probe or own or not provider or not payload.get("model_id"):
        return None
    data = _known(
        {
            "call_id": of_call or None,
            "requested_model": _text(payload.get("model_group")),
            "model": _text(payload.get("model")),
            "deployment": _text(payload.get("model_id")),
            "provider": provider,
            "key_hash": _text(metadata.get("user_api_key_hash")),
            "cost_usd": _amount(payload.get("response_cost")),
            "response_time_ms": _milliseconds(payload.get("response_time")),
            "error": _known(
                {
                    "class": _text(information.get("error_class")),
                    "code": _text(information.get("error_code")),
                    "message": mask(str(information.get("error_message") or "")[:MAX_TEXT]) or None,
                }
            ),
        }
    )
    return Line("attempt_failure", data)


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _text(value: object) -> str | None:
    plain = value.value if isinstance(value, Enum) else value
    return str(plain)[:MAX_TEXT] if isinstance(plain, str | int) and plain != "" else None


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _milliseconds(seconds: object) -> float | None:
    return round(float(seconds) * 1000, 3) if isinstance(seconds, int | float) else None


def _tags(value: object) -> list[str] | None:
    # LiteLLM adds the user agent as tags of its own; the line has it already.
    tags = (
        [str(tag)[:MAX_TEXT] for tag in value if not str(tag).startswith("User-Agent:")]
        if isinstance(value, list)
        else []
    )
    return tags[:MAX_TAGS] or None
