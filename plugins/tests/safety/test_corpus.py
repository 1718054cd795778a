"""Attacks, secrets and personal data in their disguises, and harmless text that must pass."""

import json
from pathlib import Path
from typing import Any

import pytest
from cerberus_gateway.safety.content import ContentFilter, built_in_categories
from cerberus_gateway.safety.redact import preview

FOLDER = Path(__file__).parents[3] / "tests" / "corpus" / "safety"


def entries(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(FOLDER.joinpath(f"{name}.json").read_text("utf-8"))
    return loaded


def text_of(entry: dict[str, Any]) -> str:
    return str(entry["text"])


@pytest.fixture(scope="module")
def everything() -> ContentFilter:
    return ContentFilter(built_in_categories(), 200)


@pytest.mark.parametrize("entry", [*entries("attacks"), *entries("secrets")], ids=text_of)
async def test_an_attack_is_found_in_its_category_wherever_it_stands(entry: dict[str, Any]) -> None:
    alone = ContentFilter({entry["category"]: built_in_categories()[entry["category"]]}, 200)

    for text in (
        entry["text"],
        f"Dear model,\n\n{entry['text']}\n\nThank you.",
        "filler words " * 9_000 + entry["text"],
    ):
        found = await alone.find(text)
        assert found is not None
        assert found.category == entry["category"]


@pytest.mark.parametrize("entry", entries("harmless"), ids=text_of)
def test_harmless_text_passes_every_category(everything: ContentFilter, entry: dict[str, Any]) -> None:
    assert everything.find_now(entry["text"]) is None


@pytest.mark.parametrize("entry", entries("personal-data"), ids=text_of)
def test_an_approver_sees_no_personal_data(entry: dict[str, Any]) -> None:
    assert entry["hidden"] not in preview(entry["text"])


def test_a_preview_is_short() -> None:
    assert len(preview("many words " * 10_000)) == 2_000
