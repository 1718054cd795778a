"""The vectors that the TypeScript client runs too."""

import json
from pathlib import Path
from typing import Any

import pytest
from cerberus_gateway.safety.limits import apply_limit, read_output
from cerberus_gateway.safety.normalise import clean, fold, words_of
from cerberus_gateway.safety.prices import Tariff, Usage, worst_cost
from cerberus_gateway.safety.settings import read_settings
from fastapi import HTTPException

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).parents[2].joinpath("vectors", "safety.json").read_text("utf-8")
)


def by_name(vector: dict[str, Any]) -> str:
    return str(vector.get("name", vector.get("text")))


@pytest.mark.parametrize("vector", VECTORS["matching"], ids=by_name)
async def test_matching(vector: dict[str, Any]) -> None:
    own = {"keywords": vector.get("keywords", []), "patterns": vector.get("patterns", [])}
    categories = {"internal": own} if any(own.values()) else {}
    content = read_settings({"blocked_content_types": vector["blocked"], "categories": categories}).standard.content

    found = await content.find(vector["text"])

    assert (found and found.category) == vector["expected"]


@pytest.mark.parametrize("vector", VECTORS["words"], ids=by_name)
def test_words(vector: dict[str, Any]) -> None:
    assert words_of(fold(clean(vector["text"]))) == vector["words"]


@pytest.mark.parametrize("vector", VECTORS["token_limits"], ids=by_name)
def test_token_limits(vector: dict[str, Any]) -> None:
    def outcome() -> dict[str, Any]:
        try:
            output = read_output(vector["kind"], vector["body"])
            return {"set": apply_limit(vector["kind"], vector["body"], output, vector["limit"], native=False)}
        except HTTPException as error:
            detail: Any = error.detail
            return {"code": detail["code"]}

    assert outcome() == vector["expected"]


@pytest.mark.parametrize("vector", VECTORS["cost"], ids=by_name)
def test_cost(vector: dict[str, Any]) -> None:
    cost = worst_cost(Tariff(vector["entry"]), Usage(**vector["usage"]))

    assert cost == (None if vector["usd"] is None else pytest.approx(vector["usd"]))
