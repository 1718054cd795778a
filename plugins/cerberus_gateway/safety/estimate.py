"""The most that a request can cost, before it is made.

Input tokens are bounded, not counted: no tokenizer makes more tokens of a text than it has UTF-8 bytes, and counting
large prompts with the right tokenizer of each reachable model would take seconds. English comes out about four times
too high; a limit on cost has to allow for that.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from cerberus_gateway.safety.calls import Kind
from cerberus_gateway.safety.limits import Output
from cerberus_gateway.safety.prices import Tariff, Usage, worst_cost
from cerberus_gateway.safety.reach import Router, prices_of, reachable
from cerberus_gateway.safety.survey import Survey

# Tokens around each message, tool or part: role, separators, start and end. Vendors document 3 to 8.
_PER_NODE: Final = 8
_PER_REQUEST: Final = 1_000
# Vendors' own instructions for tool use; the largest documented is below 700.
_PER_TOOL: Final = 1_000
# The dearest documented image: 2,048 pixels in eight tiles at the small OpenAI models' rate of 5,667 tokens each.
_PER_IMAGE: Final = 50_000
# Opus speech codecs go down to this rate; nothing that is accepted goes lower.
_LEAST_SOUND_BYTES_PER_SECOND: Final = 500
_SEARCH_UNIT_DOCUMENTS: Final = 100
_DOCUMENT_TOKENS: Final = 500


def usage_of(kind: Kind, body: Mapping[str, Any], seen: Survey, output: Output) -> Usage:
    """The most that a request can use."""
    tokens = _PER_REQUEST + seen.text_bytes + seen.token_ids + _PER_NODE * seen.nodes
    tokens += _PER_TOOL * len(seen.tools) + _PER_IMAGE * seen.images
    tier = body.get("service_tier")
    characters = body.get("input")
    return Usage(
        kind=kind,
        input_tokens=tokens,
        whole_window=bool(seen.audio or seen.files or seen.references),
        output_tokens=output.tokens,
        answers=output.answers,
        caching=seen.caching,
        audio=bool(seen.audio or "audio" in (body.get("modalities") or ())),
        images_made=output.answers,
        characters=len(characters) if isinstance(characters, str) else 0,
        seconds=_sound_bytes(body) / _LEAST_SOUND_BYTES_PER_SECOND,
        queries=_search_units(body, tokens),
        tier="priority" if tier in {"priority", "auto", "fast"} else None,
    )


type Price = Callable[[Tariff, Usage], float | None]
"""What a usage costs at most at an entry of the price map; None when its prices don't say."""


def estimates(  # noqa: PLR0913, PLR0917 - all of it decides where a request can go
    router: Router | None,
    body: Mapping[str, Any],
    usage: Usage,
    overrides: Mapping[str, Any] | None,
    team_id: str | None,
    price: Price = worst_cost,
) -> list[list[float | None]]:
    """Most USD at every deployment that a request can reach, None where no bound is known; a list for each model.

    LiteLLM sends a request for "a,b" to both.
    """
    named = body.get("model")
    if not isinstance(named, str):
        return []
    found = []
    for model in (name.strip() for name in named.split(",")):
        entries = [prices_of(model)] if router is None else reachable(router, model, body, overrides, team_id)
        found.append([None if entry is None else price(entry, usage) for entry in entries])
    return found


def worst_of_all(costs: list[list[float | None]]) -> float | None:
    """Most USD that all of the models can cost together; None when no bound can be given."""
    known = [[cost for cost in of_model if cost is not None] for of_model in costs]
    if not costs or any(not some or len(some) < len(all_) for some, all_ in zip(known, costs, strict=True)):
        return None
    return sum(max(some) for some in known)


def _sound_bytes(body: Mapping[str, Any]) -> int:
    file = body.get("file")
    size = getattr(file, "getbuffer", None)
    return size().nbytes if size is not None else 0


def _search_units(body: Mapping[str, Any], tokens: int) -> int:
    documents = body.get("documents")
    count = len(documents) if isinstance(documents, list) else 0
    return 1 + (count + tokens // _DOCUMENT_TOKENS) // _SEARCH_UNIT_DOCUMENTS
