"""Which price-map entries a request can end up at: every deployment of the model it names, and of every fallback."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, Protocol

from cerberus_gateway.safety.prices import Tariff

_PRICES: Final = re.compile(r"_cost|^max_|^mode$|^supported_output_modalities$|^tiered_pricing$")
_FALLBACKS: Final = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
# A chain that is longer is a loop of names that all differ, which no configuration has.
_MOST_MODELS: Final = 1_000


class Router(Protocol):
    """What is used of LiteLLM's router."""

    model_group_alias: Mapping[str, Any]
    fallbacks: Any
    context_window_fallbacks: Any
    content_policy_fallbacks: Any

    def get_model_list(
        self, model_name: str | None = None, team_id: str | None = None
    ) -> Sequence[Mapping[str, Any]] | None:
        """Deployments of a model name: its own, its alias's, its routing group's or its wildcard's."""


@cache
def price_map() -> Mapping[str, Mapping[str, Any]]:
    """The price map as LiteLLM ships it. The one in memory is not used: there LiteLLM puts unpriced models at zero."""
    text = files("litellm").joinpath("model_prices_and_context_window_backup.json").read_text("utf-8")
    loaded: dict[str, Mapping[str, Any]] = json.loads(text)
    return loaded


@lru_cache(maxsize=1_000)
def prices_of(model: str) -> Tariff | None:
    """What the price map says of a model's prices and limits; the rest of its entry is looked through for nothing."""
    entry = price_map().get(model)
    if entry is None:
        return None
    return Tariff({key: value for key, value in entry.items() if _PRICES.search(key) is not None})


def reachable(
    router: Router, model: str, body: Mapping[str, Any], overrides: Mapping[str, Any] | None, team_id: str | None
) -> list[Tariff | None]:
    """Entries of everything that may serve a request for one model; None stands for one without a known price.

    :param body: the request, whose own fallbacks count too
    :param overrides: router settings of the key or team; None leaves fallbacks out altogether
    """
    sources: list[object] = []
    if overrides is not None:
        sources += [getattr(router, name, None) for name in _FALLBACKS]
        sources += [holder.get(name) for holder in (overrides, body) for name in _FALLBACKS]
    waiting, seen, entries = [model], set[str](), list[Tariff | None]()
    while waiting and len(seen) < _MOST_MODELS:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        rows = router.get_model_list(model_name=name, team_id=team_id) or ()
        entries += [entry_of(row) for row in rows] or [prices_of(name)]
        waiting += _alias(router.model_group_alias, name)
        for source in sources:
            waiting += _targets(source, name)
    return entries


def default_output(router: Router | None, model: str) -> int | None:
    """Most output tokens that the rows of a model grant a request which names no limit; None where one sets none."""
    rows = (router.get_model_list(model_name=model) if router is not None else None) or ()
    granted = [_as_number((row.get("litellm_params") or {}).get("max_tokens")) for row in rows]
    known = [int(number) for number in granted if number is not None]
    return max(known) if known and len(known) == len(granted) else None


def entry_of(row: Mapping[str, Any]) -> Tariff | None:
    """The price-map entry of a deployment, with the prices and limits that its own row sets."""
    params: Mapping[str, Any] = row.get("litellm_params") or {}
    info: Mapping[str, Any] = row.get("model_info") or {}
    known: Tariff | None = None
    for name in (info.get("base_model") or params.get("base_model"), params.get("model")):
        if known is None and isinstance(name, str):
            known = prices_of(name) or prices_of(name.partition("/")[2])
    own = {
        key: number
        for holder in (info, params)
        for key, value in holder.items()
        if ("_cost" in key or (key.startswith("max_") and key.endswith("_tokens")))
        and key != "max_tokens"
        and (number := _as_number(value)) is not None
    }
    # Most rows name no prices of their own: what was sorted out of the map's stays known.
    return Tariff({**(known or {}), **own}) if own else known


def _as_number(value: object) -> float | None:
    """A number, also where YAML read one such as 1e-6 as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _alias(aliases: Mapping[str, Any], name: str) -> list[str]:
    target = aliases.get(name)
    if isinstance(target, Mapping):
        target = target.get("model")
    return [target] if isinstance(target, str) else []


def _targets(source: object, name: str) -> Iterable[str]:
    """Models that a list of fallbacks gives for a model: [{name: [targets]}], {"*": …} for any, or a plain list."""
    if not isinstance(source, list):
        return
    for item in source:
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            if isinstance(item.get("model"), str):
                yield item["model"]
            for key in (name, "*"):
                targets = item.get(key)
                yield from _targets([targets] if isinstance(targets, str) else targets, name)
