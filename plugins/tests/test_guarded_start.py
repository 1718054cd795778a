"""The proxy serves with every guardrail of its configuration, or not at all."""

import asyncio
from pathlib import Path

import pytest
from cerberus_gateway.guarded_start import GuardedStart, config_path, missing_guardrails
from starlette.types import Message, Receive, Scope, Send

CONFIG = "guardrails:\n  - guardrail_name: a\n  - guardrail_name: b\n"


@pytest.mark.parametrize(
    ("config", "active", "missing"),
    [
        (CONFIG, {"a", "b"}, []),
        (CONFIG, {"b"}, ["a"]),
        (CONFIG, set(), ["a", "b"]),
        ("guardrails: null\n", set(), []),
        ("model_list: []\n", set(), []),
        ("", set(), []),
    ],
)
def test_what_was_left_out_is_named(config: str, active: set[str], missing: list[str]) -> None:
    assert missing_guardrails(config, active) == missing


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["--config", "/a.yaml", "--port", "1"], "/a.yaml"),
        (["-c", "/a.yaml"], "/a.yaml"),
        (["--config=/a.yaml"], "/a.yaml"),
        (["--port", "1"], None),
        (["--config"], None),
    ],
)
def test_the_configuration_is_litellms_own_argument(arguments: list[str], path: str | None) -> None:
    assert config_path(arguments) == (None if path is None else Path(path))


def starting(config: Path | None) -> Message:
    """What the server is told at start; here LiteLLM has no guardrail at all."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.complete"})

    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    asyncio.run(GuardedStart(app, config)({"type": "lifespan"}, receive, send))
    return told[0]


def test_a_start_without_a_guardrail_fails_and_names_it(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG, "utf-8")
    told = starting(file)
    assert told["type"] == "lifespan.startup.failed"
    assert "a, b" in told["message"]


def test_a_start_without_a_configuration_has_nothing_to_miss() -> None:
    assert starting(None)["type"] == "lifespan.startup.complete"
