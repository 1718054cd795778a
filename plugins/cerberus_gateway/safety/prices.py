"""What one request can cost at one entry of the price map: always the dearest rate that could apply."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cerberus_gateway.safety.calls import GENERATIONS, Kind

_ABOVE: Final = re.compile(r"_above_(\d+)k_tokens")
_TIERS: Final = ("_batches", "_flex", "_priority", "_ultrafast", "_balanced")
# Output tokens that making one image can take; the dearest that vendors document is 6,240.
_IMAGE_OUTPUT_TOKENS: Final = 16_384
_AUDIO_TOKENS_PER_SECOND: Final = 50
_PIXELS: Final = 4_096 * 4_096


@dataclass(frozen=True, slots=True)
class Rate:
    """One price of an entry."""

    usd: float
    above_tokens: int
    """Holds for more input tokens than these."""
    tier: str | None
    """The service tier that it is of."""


class Tariff(dict[str, Any]):
    """An entry of the price map. What it says is sorted out once for all requests."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        super().__init__(entry)
        self._rates: dict[str, tuple[Rate, ...]] = {}

    def rates(self, name: str) -> tuple[Rate, ...]:
        """All prices of a name."""
        if (known := self._rates.get(name)) is None:
            known = self._rates[name] = tuple(self._read(name))
        return known

    def _read(self, name: str) -> Iterator[Rate]:
        for key, value in self.items():
            if not key.startswith(name) or not _is_price(value):
                continue
            rest = key[len(name) :]
            above_tokens = -1
            if (above := _ABOVE.search(rest)) is not None:
                above_tokens = int(above[1]) * 1_000
                rest = rest.replace(above[0], "")
            rest = rest.replace("_above_1hr", "")
            if rest == "" or rest in _TIERS:
                yield Rate(float(value), above_tokens, rest[1:] or None)
        for tier in self.get("tiered_pricing") or ():
            if isinstance(tier, Mapping) and _is_price(tier.get(name)):
                yield Rate(float(tier[name]), -1, None)


@dataclass(frozen=True, slots=True)
class Usage:
    """The most that a request can use."""

    kind: Kind
    input_tokens: int = 0
    whole_window: bool = False
    """What is sent can't be measured here (stored conversations, files), so it may fill the model's input window."""
    output_tokens: int | None = None
    """None when the request names no limit: then the model's own holds."""
    answers: int = 1
    caching: bool = False
    audio: bool = False
    images_made: int = 1
    characters: int = 0
    seconds: float = 0.0
    """Of sound sent."""
    queries: int = 0
    """Search units of a rerank request."""
    tier: str | None = None
    """Service tier that the request names."""


def worst_cost(entry: Tariff, usage: Usage) -> float | None:  # noqa: PLR0911 - one for each thing unknown
    """Most USD that the usage can cost at an entry; None when its prices don't say."""
    if usage.kind in {"image", "speech", "transcription", "rerank"}:
        return _by_piece(entry, usage)
    if usage.kind not in GENERATIONS | {"embedding", "moderation"}:
        return None
    per_request = max(_rates(entry, "input_cost_per_request", usage, 0), default=0.0)
    input_tokens = usage.input_tokens
    if usage.whole_window:
        window = _number(entry, "max_input_tokens") or _number(entry, "max_tokens")
        if window is None:
            return None
        input_tokens = max(input_tokens, int(window))
    input_rate = _input_rate(entry, usage, input_tokens)
    if input_rate is None:
        return None
    if usage.kind in {"embedding", "moderation"} or entry.get("mode") == "embedding":
        return per_request + input_tokens * input_rate
    output_tokens = usage.output_tokens
    if output_tokens is None:
        most = _number(entry, "max_output_tokens") or _number(entry, "max_tokens")
        if most is None:
            return None
        output_tokens = int(most) * usage.answers
    output_rate = _output_rate(entry, usage, input_tokens)
    if output_rate is None:
        return None
    return per_request + input_tokens * input_rate + output_tokens * output_rate


def _input_rate(entry: Tariff, usage: Usage, input_tokens: int) -> float | None:
    rates = list(_rates(entry, "input_cost_per_token", usage, input_tokens))
    if not rates:
        return None
    if usage.caching:
        rates += _rates(entry, "cache_creation_input_token_cost", usage, input_tokens)
    if usage.audio:
        rates += _rates(entry, "input_cost_per_audio_token", usage, input_tokens)
    rates += _rates(entry, "input_cost_per_image_token", usage, input_tokens)
    return max(rates)


def _output_rate(entry: Tariff, usage: Usage, input_tokens: int) -> float | None:
    rates = list(_rates(entry, "output_cost_per_token", usage, input_tokens))
    if not rates:
        return None
    rates += _rates(entry, "output_cost_per_reasoning_token", usage, input_tokens)
    if usage.audio:
        rates += _rates(entry, "output_cost_per_audio_token", usage, input_tokens)
    if entry.get("mode") == "chat" and "image" in (entry.get("supported_output_modalities") or ()):
        rates += _rates(entry, "output_cost_per_image_token", usage, input_tokens)
    return max(rates)


def _rates(entry: Tariff, name: str, usage: Usage, input_tokens: int) -> Iterator[float]:
    """All prices of a name that can apply: tiers by size where the input can reach them, by service where asked for."""
    for rate in entry.rates(name):
        if input_tokens > rate.above_tokens and (rate.tier is None or rate.tier == usage.tier):
            yield rate.usd


def _by_piece(entry: Tariff, usage: Usage) -> float | None:
    """Kinds that are priced by image, second, character or query, or by token; the sum of all that the entry names."""
    pieces: dict[str, dict[str, float]] = {
        "image": {
            "input_cost_per_image": usage.images_made,
            "output_cost_per_image": usage.images_made,
            "input_cost_per_pixel": usage.images_made * _PIXELS,
            "output_cost_per_pixel": usage.images_made * _PIXELS,
            "input_cost_per_token": usage.input_tokens,
            "input_cost_per_image_token": usage.input_tokens,
            "output_cost_per_token": usage.images_made * _IMAGE_OUTPUT_TOKENS,
            "output_cost_per_image_token": usage.images_made * _IMAGE_OUTPUT_TOKENS,
        },
        "speech": {
            "input_cost_per_character": usage.characters,
            "output_cost_per_character": usage.characters,
            "input_cost_per_token": usage.input_tokens,
            # Nobody speaks slower than one character a second.
            "output_cost_per_second": usage.characters,
            "output_cost_per_audio_token": usage.characters * _AUDIO_TOKENS_PER_SECOND,
            "output_cost_per_token": usage.characters * _AUDIO_TOKENS_PER_SECOND,
        },
        "transcription": {
            "input_cost_per_second": usage.seconds,
            "output_cost_per_second": usage.seconds,
            "input_cost_per_audio_token": usage.seconds * _AUDIO_TOKENS_PER_SECOND,
            "input_cost_per_token": usage.seconds * _AUDIO_TOKENS_PER_SECOND + usage.input_tokens,
            "output_cost_per_token": usage.seconds * _AUDIO_TOKENS_PER_SECOND,
        },
        "rerank": {
            "input_cost_per_query": usage.queries,
            "input_cost_per_token": usage.input_tokens,
            "output_cost_per_token": 0,
        },
    }
    found = {
        name: amount * max(rates)
        for name, amount in pieces[str(usage.kind)].items()
        if (rates := list(_piece_rates(entry, name, usage)))
    }
    return sum(found.values()) if found else None


def _piece_rates(entry: Tariff, name: str, usage: Usage) -> Iterator[float]:
    yield from _rates(entry, name, usage, usage.input_tokens)
    # Sizes such as output_cost_per_image_4K: the dearest counts.
    for key, value in entry.items():
        if key.startswith(f"{name}_") and key[len(name) + 1 : len(name) + 2].isdigit() and _is_price(value):
            yield float(value)


def _number(entry: Mapping[str, Any], name: str) -> float | None:
    value = entry.get(name)
    if isinstance(value, str) and value.isdigit():
        return float(value)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0 else None


def _is_price(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf")
