"""Who may set the metadata that the checks obey."""

import asyncio
import json
from typing import Any

import pytest
from cerberus_gateway.safety.reserved import check_reserved
from fastapi import HTTPException

MASTER = "sk-master-of-the-test"


def check(body: object, *, method: str = "POST", path: str = "/key/generate", key: str = "sk-user") -> bytes:
    """What LiteLLM gets to read."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent: list[dict[str, Any]] = [
        {"type": "http.request", "body": raw[:7], "more_body": True},
        {"type": "http.request", "body": raw[7:], "more_body": False},
    ]

    async def receive() -> Any:  # noqa: ANN401 - a message
        return sent.pop(0)

    async def read() -> bytes:
        again = await check_reserved(method, path, {"authorization": f"Bearer {key}"}, receive)
        text: bytes = b""
        while True:
            message = await again()
            text += message["body"]
            if not message["more_body"]:
                return text

    return asyncio.run(read())


@pytest.fixture(autouse=True)
def _master(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_MASTER_KEY", MASTER)


@pytest.mark.parametrize("path", ["/key/generate", "/key/update", "/team/new", "/user/new", "/customer/new"])
@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {"cerberus_profile": "lax"}},
        {"keys": [{"metadata": {"cerberus_approver": True}}]},
        {"a": {"b": {"cerberus_allowed_models": ["*"]}}},
    ],
)
def test_a_user_may_not_set_metadata_of_ours(path: str, body: object) -> None:
    with pytest.raises(HTTPException) as refusal:
        check(body, path=path)
    detail: Any = refusal.value.detail
    assert detail["code"] == "route_not_allowed"
    assert detail["param"].startswith("metadata.cerberus_")


def test_bodies_that_hide_it_deep_are_refused_too() -> None:
    body: dict[str, Any] = {"cerberus_profile": "lax"}
    for _ in range(30):
        body = {"a": body}
    with pytest.raises(HTTPException):
        check(body)


@pytest.mark.parametrize(
    ("body", "key", "path"),
    [
        ({"metadata": {"cerberus_profile": "strict"}}, MASTER, "/key/generate"),
        ({"metadata": {"team": "cerberus_ is only a value"}}, "sk-user", "/key/generate"),
        ({"metadata": {"cerberus_x": 1}, "messages": []}, "sk-user", "/v1/chat/completions"),
        (b"no JSON", "sk-user", "/key/generate"),
        ({}, "sk-user", "/key/generate"),
    ],
)
def test_anything_else_passes_as_it_was(body: object, key: str, path: str) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert check(body, key=key, path=path) == raw


def test_without_a_master_key_nobody_is_the_master(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LITELLM_MASTER_KEY")
    with pytest.raises(HTTPException):
        check({"metadata": {"cerberus_profile": "x"}}, key="")
