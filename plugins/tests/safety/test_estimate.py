"""Which prices a request can meet, and what it can use at most."""

from typing import Any

import pytest
from cerberus_gateway.safety.estimate import estimates, usage_of, worst_of_all
from cerberus_gateway.safety.limits import Output
from cerberus_gateway.safety.prices import Usage
from cerberus_gateway.safety.reach import price_map
from cerberus_gateway.safety.survey import survey
from litellm.litellm_core_utils.default_encoding import encoding

ONE_DOLLAR = {"input_cost_per_token": 1.0, "output_cost_per_token": 0.0}
USE_ONE = Usage("chat", input_tokens=1, output_tokens=1)


class Router:
    """A router with the given deployments: model name → input prices."""

    def __init__(self, models: dict[str, list[float | None]], **lists: Any) -> None:  # noqa: ANN401
        self.models = models
        self.model_group_alias: Any = lists.get("aliases", {})
        self.fallbacks = lists.get("fallbacks")
        self.context_window_fallbacks = lists.get("context_window_fallbacks")
        self.content_policy_fallbacks = lists.get("content_policy_fallbacks")

    def get_model_list(self, model_name: str | None = None, team_id: str | None = None) -> list[dict[str, Any]]:
        """As LiteLLM's."""
        del team_id
        rows = self.models.get(model_name or "", [])
        return [{"litellm_params": self.params(price)} for price in rows]

    @staticmethod
    def params(price: float | None) -> dict[str, Any]:
        """A deployment's own prices; none for one that is not priced."""
        known = {"model": "made/up"}
        return known if price is None else {**known, "input_cost_per_token": price, "output_cost_per_token": 0}


def cost(router: Router, body: dict[str, Any], overrides: dict[str, Any] | None = None) -> float | None:
    return worst_of_all(estimates(router, body, USE_ONE, overrides or {}, None))


MODELS: dict[str, list[float | None]] = {"cheap": [1.0], "mixed": [1.0, 3.0], "dear": [9.0], "gap": [1.0, None]}


@pytest.mark.parametrize(
    ("lists", "body", "overrides", "usd"),
    [
        ({}, {"model": "cheap"}, {}, 1),
        ({}, {"model": "mixed"}, {}, 3),
        ({}, {"model": "cheap,dear"}, {}, 10),
        ({}, {"model": "gap"}, {}, None),
        ({}, {"model": "unknown"}, {}, None),
        ({}, {"model": None}, {}, None),
        ({"aliases": {"cheap": "dear"}}, {"model": "cheap"}, {}, 9),
        (
            {"aliases": {"nice": {"model": "dear", "hidden": True}}, "fallbacks": [{"cheap": ["nice"]}]},
            {"model": "cheap"},
            {},
            None,
        ),
        ({"fallbacks": [{"cheap": ["mixed"]}, {"mixed": ["dear"]}]}, {"model": "cheap"}, {}, 9),
        ({"fallbacks": [{"cheap": ["mixed"]}, {"mixed": ["cheap"]}]}, {"model": "cheap"}, {}, 3),
        ({"fallbacks": [{"*": ["dear"]}]}, {"model": "cheap"}, {}, 9),
        ({"context_window_fallbacks": [{"cheap": ["dear"]}]}, {"model": "cheap"}, {}, 9),
        ({"content_policy_fallbacks": [{"cheap": ["dear"]}]}, {"model": "cheap"}, {}, 9),
        ({}, {"model": "cheap", "fallbacks": ["dear"]}, {}, 9),
        ({}, {"model": "cheap", "fallbacks": [{"model": "dear"}]}, {}, 9),
        ({}, {"model": "cheap"}, {"fallbacks": [{"cheap": ["dear"]}]}, 9),
    ],
)
def test_the_dearest_that_can_be_reached_counts(
    lists: dict[str, Any], body: dict[str, Any], overrides: dict[str, Any], usd: float | None
) -> None:
    assert cost(Router(MODELS, **lists), body, overrides) == usd


def test_prices_come_from_the_map_that_litellm_ships() -> None:
    entry = price_map()["gpt-4o"]

    assert entry["input_cost_per_token"] > 0
    assert len(price_map()) > 2_000


def test_a_price_that_yaml_reads_as_text_counts() -> None:
    router = Router({})
    rows = [{"litellm_params": {"model": "x/y", "input_cost_per_token": "1e-6", "output_cost_per_token": "2e-6"}}]
    router.get_model_list = lambda **_: rows  # type: ignore[method-assign]

    assert worst_of_all(estimates(router, {"model": "m"}, USE_ONE, {}, None)) == pytest.approx(3e-6)


def usage(body: dict[str, Any], kind: Any = "chat") -> Usage:  # noqa: ANN401
    return usage_of(kind, body, survey(body), Output(10, 1))


def message(content: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"model": "m", "messages": [{"role": "user", "content": content}]}


@pytest.mark.parametrize(
    "text", ["plain words " * 500, "\u4f60\u597d" * 500, "\U0001f469\u200d\U0001f680" * 300, "a" * 5_000, "\x00" * 900]
)
def test_input_is_never_underestimated(text: str) -> None:
    assert usage(message(text)).input_tokens >= len(encoding.encode(text, disallowed_special=()))


def test_input_is_at_least_its_bytes() -> None:
    assert usage(message("\u4f60\u597d" * 100)).input_tokens >= 600
    tool = {"type": "function", "function": {"name": "f", "description": "d" * 900}}
    assert usage({**message("hi"), "tools": [tool]}).input_tokens >= 900
    assert usage({"model": "m", "input": [[5] * 300, [6] * 300]}, "embedding").input_tokens >= 600


def test_an_image_is_no_text() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 1_000_000}}

    assert 50_000 <= usage(message([picture])).input_tokens < 60_000


@pytest.mark.parametrize(
    "part",
    [
        {"type": "file", "file": {"file_id": "f1"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"}},
    ],
)
def test_what_cannot_be_measured_may_fill_the_window(part: dict[str, Any]) -> None:
    assert usage(message([part])).whole_window


def test_a_stored_conversation_may_fill_the_window() -> None:
    assert usage({"model": "m", "input": "hi", "previous_response_id": "r1"}, "responses").whole_window
