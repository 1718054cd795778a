"""What a client gets when a guardrail of ours refuses, whatever LiteLLM wraps around it."""

import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from cerberus_gateway.refusal import refusal
from cerberus_gateway.refusal_bodies import RefusalBodies

DETAIL: Any = refusal("token_limit_exceeded", "too many", param="max_tokens", limit=5).detail
LITELLM = {"message": "too many", "type": "None", "param": "None", "code": "400"}


def answer(status: int, *parts: bytes) -> tuple[Message, bytes]:
    """What the client gets for an answer in these parts."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        length = str(sum(map(len, parts))).encode()
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", length)]})
        for index, part in enumerate(parts):
            await send({"type": "http.response.body", "body": part, "more_body": index < len(parts) - 1})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    asyncio.run(RefusalBodies(app)({"type": "http"}, receive, send))
    return sent[0], b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize(
    "body",
    [
        {"error": {**LITELLM, "provider_specific_fields": {**DETAIL, "guardrail_name": "cerberus_safety"}}},
        {"error": DETAIL},
        {"detail": DETAIL},
    ],
)
def test_a_refusal_has_one_body(body: dict[str, Any]) -> None:
    text = json.dumps(body).encode()
    start, got = answer(400, text[:20], text[20:])
    error = json.loads(got)["error"]
    assert error["code"] == "token_limit_exceeded"
    assert error["type"] == "cerberus_refusal"
    assert (error["param"], error["limit"], error["message"]) == ("max_tokens", 5, "too many")
    assert dict(start["headers"])[b"content-length"] == str(len(got)).encode()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, json.dumps({"error": LITELLM}).encode()),
        (502, b"<html>"),
        (500, b'{"error": "text"}'),
        (400, b"[1]"),
        (200, json.dumps({"error": DETAIL}).encode()),
        (400, b'{"a": "' + b"x" * 200_000 + b'"}'),
    ],
)
def test_any_other_answer_stays_as_it_is(status: int, body: bytes) -> None:
    start, got = answer(status, body[:10], body[10:])
    assert got == body
    assert start["status"] == status
