"""How many tokens a request may make a model write: found in every endpoint's own field, set where it is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cerberus_gateway.safety.calls import Kind
from cerberus_gateway.safety.decisions import refused

_MOST: Final = 100_000_000
_MOST_ANSWERS: Final = 1_000
# Where each kind of request names its limit; the first is set when none is.
_FIELDS: Final[dict[Kind, tuple[str, ...]]] = {
    "chat": ("max_tokens", "max_completion_tokens"),
    "completion": ("max_tokens",),
    "responses": ("max_output_tokens",),
    "messages": ("max_tokens",),
    "gemini": (
        "generationConfig.maxOutputTokens",
        "generationConfig.max_output_tokens",
        "generation_config.max_output_tokens",
        "config.maxOutputTokens",
        "config.max_output_tokens",
    ),
}
_ANSWERS: Final = ("n", "best_of", "generationConfig.candidateCount", "config.candidateCount", "config.candidate_count")
_THINKING: Final = ("thinking.budget_tokens",)


@dataclass(frozen=True, slots=True)
class Output:
    """What a request may make a model write."""

    tokens: int | None
    """Of all answers together; None when the request doesn't say."""
    answers: int


def read_output(kind: Kind, body: Mapping[str, Any]) -> Output:
    """The output tokens that a request asks for.

    :raises HTTPException: invalid_request for a field that is no number
    """
    answers = max([1, *_numbers(body, _ANSWERS, _MOST_ANSWERS)]) * _prompts(kind, body)
    thinking = _numbers(body, _THINKING, _MOST)
    named = _numbers(body, _FIELDS.get(kind, ()), _MOST)
    named += thinking if named else ()
    return Output(max(named) * answers if named else None, answers)


def apply_limit(kind: Kind, body: Mapping[str, Any], output: Output, limit: int, *, native: bool) -> dict[str, Any]:
    """Refuses a request above the limit, and says what to set on one that names none.

    :param native: the body goes to the provider as it is, so it needs the provider's newest field
    :return: fields to set on the request
    :raises HTTPException: token_limit_exceeded
    """
    if kind not in _FIELDS:
        return {}
    if output.tokens is None:
        share = limit // output.answers
        if share == 0:
            raise _above(output.answers, limit, output.answers, "n")
        return _default(kind, body, share, native=native)
    if output.tokens > limit:
        raise _above(output.tokens, limit, output.answers, _named_field(kind, body))
    return {}


def _above(found: int, limit: int, answers: int, param: str) -> Exception:
    times = f" ({answers} answers)" if answers > 1 else ""
    message = f"the request asks for up to {found} output tokens{times}; at most {limit} are allowed: lower {param}"
    return refused("token_limit_exceeded", message, param=param, found=found, limit=limit)


def _default(kind: Kind, body: Mapping[str, Any], share: int, *, native: bool) -> dict[str, Any]:
    if kind == "chat" and native:
        return {"max_completion_tokens": share}
    outer, _, inner = _FIELDS[kind][0].rpartition(".")
    if not outer:
        return {inner: share}
    # LiteLLM reads generationConfig only where there is no config.
    outer = "config" if "config" in body and not native else outer
    return {outer: {**(body.get(outer) or {}), inner: share}}


def _named_field(kind: Kind, body: Mapping[str, Any]) -> str:
    return next((name for name in _FIELDS[kind] if _at(body, name) is not None), "max_tokens")


def _prompts(kind: Kind, body: Mapping[str, Any]) -> int:
    """A list of prompts is answered one by one."""
    prompt = body.get("prompt") if kind == "completion" else None
    return max(1, len(prompt)) if isinstance(prompt, list) and prompt and not isinstance(prompt[0], int) else 1


def _numbers(body: Mapping[str, Any], names: tuple[str, ...], most: int) -> list[int]:
    """What a body says under these names, as far as it says something."""
    held = [name for name in names if name.partition(".")[0] in body]
    return [number for name in held if (number := _whole(body, name, most)) is not None]


def _at(body: Mapping[str, Any], name: str) -> object:
    outer, _, inner = name.rpartition(".")
    holder = body.get(outer) if outer else body
    return holder.get(inner) if isinstance(holder, Mapping) else None


def _whole(body: Mapping[str, Any], name: str, most: int) -> int | None:
    value = _at(body, name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
        found = value if isinstance(value, (int, float)) else f"a {type(value).__name__}"
        message = f"{name} must be a whole number from 1 to {most}; found {found}"
        raise refused("invalid_request", message, param=name)
    return value
