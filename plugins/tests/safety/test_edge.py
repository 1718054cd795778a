"""The middleware: what it refuses before LiteLLM, and what it makes of LiteLLM's answers."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from cerberus_gateway.refusal import refusal
from cerberus_gateway.safety.edge import Edge, SafetyEdge, current_edge
from cerberus_gateway.safety.settings import read_settings

PROFILE = read_settings({"blocked_content_types": ["harmful"], "look_back_chars": 60}).standard
BAD = "and so this is how to make a bomb at home"


async def call(
    respond: Callable[[Edge], list[tuple[str, int, bytes]]],
    body: bytes = b"{}",
    path: str = "/v1/chat/completions",
    **headers: str,
) -> tuple[int, bytes, bool]:
    """Sends a request through the edge to an app that answers (content type, status, part) in parts.

    :return: status, body, and whether the app was reached
    """
    reached = False

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        nonlocal reached
        reached = True
        received = await receive()
        assert received["body"] == body or scope["path"] != "/v1/chat/completions"
        edge = current_edge.get()
        assert edge is not None
        parts = respond(edge)
        kind, status, _ = parts[0]
        sent = [(b"content-type", kind.encode()), (b"x-litellm-call-id", b"1")]
        sent += [(b"content-encoding", b"gzip")] if kind.endswith(";gzip") else []
        await send({"type": "http.response.start", "status": status, "headers": sent})
        for number, (_, _, part) in enumerate(parts, 1):
            await send({"type": "http.response.body", "body": part, "more_body": number < len(parts)})

    sent: list[Any] = []

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)

    halves = [body[: len(body) // 2], body[len(body) // 2 :]]

    async def receive() -> Any:  # noqa: ANN401
        return {"type": "http.request", "body": halves.pop(0), "more_body": bool(halves)}

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await SafetyEdge(app)({"type": "http", "method": "POST", "path": path, "headers": pairs}, receive, send)
    assert [message["type"] for message in sent].count("http.response.start") == 1
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent), reached


def filtered(*parts: bytes, kind: str = "application/json") -> Callable[[Edge], list[tuple[str, int, bytes]]]:
    """An app whose guardrail asks for the answer to be filtered."""

    def respond(edge: Edge) -> list[tuple[str, int, bytes]]:
        edge.filter_with = PROFILE
        return [(kind, 200, part) for part in parts]

    return respond


async def test_an_answer_passes_untouched() -> None:
    answer = b'{"choices": []}'

    assert await call(lambda _: [("application/json", 200, answer)]) == (200, answer, True)
    assert await call(filtered(answer[:5], answer[5:])) == (200, answer, True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"[1]", "JSON object"),
        (b'"x"', "JSON object"),
        (b"{", "not JSON"),
        (b'{"a": "\xff"}', "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "not JSON"),
        (b'{"model": null}', "model"),
        (b'{"tools": 5}', "tools"),
        (b'{"stream": 1}', "stream"),
    ],
)
async def test_what_cannot_be_read_does_not_reach_litellm(body: bytes, says: str) -> None:
    status, answer, reached = await call(filtered(b"{}"), body)

    error = json.loads(answer)["error"]
    assert (status, reached) == (400, False)
    assert error["code"] == "invalid_request"
    assert says in error["message"]


async def test_other_routes_and_forms_are_left_alone() -> None:
    assert (await call(lambda _: [("text/plain", 200, b"ok")], b"[1]", "/key/generate"))[2]
    assert (
        await call(
            lambda _: [("text/plain", 200, b"ok")], b"[1]", "/v1/audio/speech", content_type="multipart/form-data"
        )
    )[2]


@pytest.mark.parametrize("path", ["/v1/completions", "/anthropic/v1/messages"])
async def test_a_refusal_has_one_form_on_every_route(path: str) -> None:
    def respond(edge: Edge) -> list[tuple[str, int, bytes]]:
        edge.refusal = refusal("token_limit_exceeded", "too many", param="max_tokens", limit=5)
        return [("application/json", 400, b"whatever LiteLLM makes of it")]

    status, answer, _ = await call(respond, path=path)

    error = {
        "type": "cerberus_refusal",
        "code": "token_limit_exceeded",
        "message": "too many",
        "param": "max_tokens",
        "limit": 5,
    }
    expected = {"type": "error", "error": error} if path.endswith("messages") else {"error": error}
    assert (status, json.loads(answer)) == (400, expected)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
async def test_a_blocked_answer_is_replaced(kind: str) -> None:
    status, answer, _ = await call(filtered(json.dumps({"text": BAD}).encode(), kind=kind))

    assert status == 400
    assert json.loads(answer)["error"]["code"] == "content_blocked"
    assert b"bomb" not in answer


async def test_a_compressed_answer_is_read() -> None:
    good, bad = gzip.compress(b'{"text": "fine"}'), gzip.compress(json.dumps({"text": BAD}).encode())

    assert await call(filtered(good, kind="application/json;gzip")) == (200, good, True)
    assert (await call(filtered(bad, kind="application/json;gzip")))[0] == 400
    assert (await call(filtered(b"no gzip", kind="application/json;gzip")))[0] == 503


async def test_a_stream_ends_with_an_error_event() -> None:
    words = ["fine "] * 60 + BAD.split(" ")
    frames = [
        f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': w + ' '}}]})}\n\n".encode() for w in words
    ]

    status, answer, _ = await call(filtered(*frames, b"data: [DONE]\n\n", kind="text/event-stream"))

    assert status == 200
    assert b"fine" in answer
    assert b"bomb" not in answer
    assert b"content_blocked" in answer.splitlines()[-2]


async def test_a_harmless_stream_passes_whole() -> None:
    frames = [f'data: {{"choices": [{{"index": 0, "delta": {{"content": "{n} "}}}}]}}\n\n'.encode() for n in range(200)]

    assert (await call(filtered(*frames, kind="text/event-stream")))[1] == b"".join(frames)


async def test_what_cannot_be_filtered_is_refused() -> None:
    assert (await call(filtered(b"\x00\x01", kind="application/vnd.amazon.eventstream")))[0] == 503
    assert b"safety_unavailable" in (await call(filtered(b"data: {no json\n\n", kind="text/event-stream")))[1]


async def test_sound_passes() -> None:
    assert (await call(filtered(b"how to make a bomb", kind="audio/mpeg")))[0] == 200
