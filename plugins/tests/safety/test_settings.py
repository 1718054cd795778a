from typing import Any

import pytest
from cerberus_gateway.safety.settings import SafetySettingsError, read_settings

EVERYTHING: dict[str, Any] = {
    "max_budget_per_request": 10.0,
    "max_tokens_per_request": 4000,
    "blocked_content_types": ["harmful", "internal"],
    "categories": {"internal": {"keywords": ["project x"], "patterns": ["TICKET-[0-9]+"]}},
    "filter_output": True,
    "look_back_chars": 200,
    "inputs": {"images": True, "audio": True, "files": True, "tools": True},
    "require_approval_over": 5.0,
    "approval_rules": [{"models": ["gpt-4o"], "teams": [], "tools": False}],
    "profiles": {"strict": {"max_tokens_per_request": 500}},
}


def test_reads_every_setting_and_lets_a_profile_override_what_it_names() -> None:
    profiles = read_settings(EVERYTHING)

    strict = profiles.named["strict"].limits
    assert strict.max_tokens_per_request == 500
    assert strict.max_budget_per_request == 10.0
    assert profiles.standard.limits.max_tokens_per_request == 4000


def test_limits_nothing_by_default() -> None:
    limits = read_settings({}).standard.limits

    assert limits.max_budget_per_request is None
    assert limits.max_tokens_per_request is None
    assert not read_settings({}).standard.content.active


@pytest.mark.parametrize(
    ("team", "key", "name"),
    [
        ({}, {}, None),
        ({"cerberus_profile": "strict"}, {}, "strict"),
        ({"cerberus_profile": "unknown"}, {"cerberus_profile": "strict"}, "strict"),
    ],
)
def test_a_key_chooses_before_its_team(team: dict[str, Any], key: dict[str, Any], name: str | None) -> None:
    profile = read_settings(EVERYTHING).for_metadata(team, key)

    assert profile is not None
    assert profile.name == name


@pytest.mark.parametrize("value", ["unknown", 5, ["strict"]])
def test_an_unknown_profile_is_none(value: object) -> None:
    assert read_settings(EVERYTHING).for_metadata({}, {"cerberus_profile": value}) is None


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"max_tokns_per_request": 5}, "safety.max_tokns_per_request: no such setting"),
        ({"max_tokens_per_request": 0}, "safety.max_tokens_per_request: input should be greater than 0; found 0"),
        ({"max_tokens_per_request": "many"}, "safety.max_tokens_per_request"),
        ({"max_tokens_per_request": True}, "safety.max_tokens_per_request"),
        ({"max_budget_per_request": float("inf")}, "safety.max_budget_per_request"),
        (
            {"blocked_content_types": ["harmfull"]},
            "safety.blocked_content_types[0]: found 'harmfull'; allowed: harmful",
        ),
        ({"categories": {"harmful": {"keywords": ["x"]}}}, "safety.categories.harmful: found the name of a built-in"),
        ({"categories": {"own": {}}}, "safety.categories.own: found neither keywords nor patterns"),
        ({"categories": {"own": {"keywords": ["--"]}}}, "safety.categories.own.keywords[0]: found no letter"),
        ({"categories": {"own": {"keywords": ["x" * 101]}}}, "safety.categories.own.keywords[0]: found 101"),
        (
            {"categories": {"own": {"patterns": ["(a+)+b"]}}},
            "safety.categories.own.patterns[0]: found '(a+)+b'; refused",
        ),
        ({"profiles": {"p": {"categories": {}}}}, "safety.profiles.p.categories: no such setting"),
        ({"profiles": {"p": {"blocked_content_types": ["nope"]}}}, "safety.profiles.p.blocked_content_types[0]"),
        ({"inputs": {"video": True}}, "safety.inputs.video: no such setting"),
        ({"look_back_chars": 5}, "safety.look_back_chars"),
        ("text", "safety: input should be"),
    ],
)
def test_says_what_is_wrong_and_where(settings: object, says: str) -> None:
    with pytest.raises(SafetySettingsError) as error:
        read_settings(settings)

    assert says in str(error.value)


def test_says_everything_at_once() -> None:
    wrong = {"max_tokens_per_request": -1, "max_budget_per_request": -1, "nonsense": 1}

    with pytest.raises(SafetySettingsError) as error:
        read_settings(wrong)

    assert str(error.value).count("\n- ") == 3
