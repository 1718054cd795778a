"""The order of things between LiteLLM, the log and the client: nothing reaches the client that isn't on record."""

import asyncio
import hashlib
import hmac
from typing import Any

import orjson
import pytest
from cerberus_gateway.audit import middleware
from cerberus_gateway.audit.middleware import AuditMiddleware, CutOffError
from cerberus_gateway.record import note, verdict
from starlette.types import Message, Receive, Scope, Send

from tests.audit.asgi import PRICED, Log, answers, call, logged, streams


@pytest.mark.parametrize("parts", [1, 2])
async def test_an_answer_goes_out_after_its_outcome_is_durable(parts: int) -> None:
    log = Log()
    usage = b'{"model":"m-1","usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}'
    sent = await call(answers(usage, headers=PRICED, parts=parts), log)
    assert log.happened[:3] == ["outcome", "sent start", "sent body"]
    assert b"".join(message.get("body", b"") for message in sent) == usage
    [line] = log.lines
    assert line.event_type == "chat_completion_success"
    assert line.data["usage"] == {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    assert line.data["cost_usd"] == 0.5
    assert line.data["status"] == 200
    assert line.data["response_bytes"] == len(usage)


async def test_a_stream_begins_after_its_intent_and_ends_after_its_outcome() -> None:
    log = Log()
    await call(streams(b'data: {"a":1}\n\n', b'data: {"b":2}\n\n', b"data: [DONE]\n\n"), log)
    assert log.happened == ["started", "sent start", "sent body", "sent body", "outcome", "sent body", "sent body"]
    started, outcome = log.lines
    assert (started.event_type, started.id) == ("chat_completion_started", f"{outcome.id}:started")
    assert outcome.event_type == "chat_completion_success"
    assert outcome.data["cost_usd"] == 0.25
    assert outcome.data["time_to_first_token_ms"] <= outcome.data["response_time_ms"]


async def test_a_client_that_leaves_in_mid_stream_is_on_record() -> None:
    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        await receive()

    log = Log()
    await call(app, log, path="/mcp/x", leaves=True)
    assert [line.event_type for line in log.lines] == ["mcp_started", "mcp_interrupted"]
    assert log.lines[1].data["error"] == {"class": "ClientDisconnect"}


async def test_an_error_in_mid_stream_is_on_record_and_goes_on() -> None:
    log = Log()
    with pytest.raises(ValueError, match="secret"):
        await call(streams(b"data: 1\n\n", then=ValueError("a secret")), log)
    outcome = log.lines[-1]
    assert outcome.event_type == "chat_completion_interrupted"
    assert outcome.data["error"] == {"class": "ValueError"}


async def test_an_error_without_an_answer_is_a_failure() -> None:
    async def app(*_: object) -> None:
        raise RuntimeError

    log = Log()
    with pytest.raises(RuntimeError):
        await call(app, log)
    assert [line.event_type for line in log.lines] == ["chat_completion_failure"]


async def test_a_client_cannot_choose_the_call_id() -> None:
    seen: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend(value for name, value in scope["headers"] if name == b"x-litellm-call-id")
        await answers(b"{}", headers=PRICED)(scope, receive, send)

    log = Log()
    await call(app, log, headers={"X-LiteLLM-Call-Id": "forged", "x-litellm-call-id": "forged"})
    assert [value.decode() for value in seen] == [log.lines[0].id]
    assert len(log.lines[0].id) == 32


@pytest.mark.parametrize("path", ["/health/readiness", "/metrics", "/metrics/", "/favicon.ico", "/ui/index.html"])
async def test_probes_and_pages_are_left_out(path: str) -> None:
    log = Log()
    log.is_ready = False
    sent = await call(answers(b"{}"), log, path=path, method="GET")
    assert sent[0]["status"] == 200
    assert log.lines == []


async def test_without_a_writer_a_request_is_refused_before_anything_is_paid() -> None:
    async def app(*_: object) -> None:
        pytest.fail("LiteLLM was asked")

    log = Log()
    log.is_ready = False
    sent = await call(app, log)
    error = orjson.loads(sent[1]["body"])["error"]
    assert sent[0]["status"] == 503
    assert (error["type"], error["code"]) == ("cerberus_refusal", "audit_unavailable")
    assert [line.event_type for line in log.lines] == ["audit_unavailable"]


async def test_an_answer_whose_outcome_is_not_taken_is_withheld() -> None:
    log = Log()
    log.takes = set()
    sent = await call(answers(b'{"answer":1}', headers=PRICED), log)
    assert sent[0]["status"] == 503
    assert [b'{"answer":1}' in message.get("body", b"") for message in sent] == [False, False]
    assert log.lines[-1].id.endswith(":withheld")


async def test_a_stream_whose_intent_is_not_taken_never_begins() -> None:
    log = Log()
    log.takes = {"outcome"}
    sent = await call(streams(b"data: 1\n\n", b"data: [DONE]\n\n"), log)
    assert [message.get("status") for message in sent] == [503, None]
    # The intent may have been written late: a line of the call's own id closes it.
    assert [(line.event_type, len(line.id)) for line in log.lines] == [("audit_unavailable", 32)]
    assert b"data:" not in sent[1]["body"]


async def test_a_stream_whose_outcome_is_not_taken_ends_without_its_end() -> None:
    log = Log()
    log.takes = {"started"}
    with pytest.raises(CutOffError):
        await call(streams(b"data: 1\n\n", b"data: [DONE]\n\n"), log)
    assert log.happened == ["started", "sent start", "sent body"]
    kinds = [line.event_type for line in log.lines]
    assert kinds == ["chat_completion_started", "chat_completion_interrupted", "audit_unavailable"]
    assert log.lines[2].id == f"{log.lines[1].id}:withheld"


async def test_what_hooks_note_is_on_the_line() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        note(key_alias="alice", cost_usd=1.5)
        verdict("cerberus_safety", "masked", category="pii")
        await answers(b"{}", headers=PRICED)(scope, receive, send)

    log = Log()
    await call(app, log, headers={"authorization": "Bearer sk-key", "x-forwarded-for": "6.6.6.6, 203.0.113.7"})
    data = log.lines[0].data
    assert (data["key_alias"], data["cost_usd"], data["ip"]) == ("alice", 1.5, "203.0.113.7")
    assert data["key_hash"] == hashlib.sha256(b"sk-key").hexdigest()
    assert data["guardrails"] == [{"guardrail": "cerberus_safety", "action": "masked", "category": "pii"}]


async def test_what_hooks_and_headers_told_is_not_read_from_the_answer() -> None:
    told = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        note(usage=told)
        await answers(b"not JSON", headers=PRICED | {b"x-litellm-model-name": b"m-1"})(scope, receive, send)

    log = Log()
    await call(app, log)
    [line] = log.lines
    assert (line.event_type, line.data["model"], line.data["usage"]) == ("chat_completion_success", "m-1", told)


async def test_an_answer_of_unknown_cost_waits_for_the_log_hook_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(middleware, "UNSURE_ENRICHMENT_SECONDS", 0.05)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asyncio.get_running_loop().call_later(0.01, logged, dict(scope["headers"])[b"x-litellm-call-id"].decode())
        await answers(b"{}")(scope, receive, send)

    log = Log()
    await call(app, log)
    assert log.lines[0].data["cost_usd"] == 0.25
    await call(answers(b"{}"), log)
    assert "cost_usd" not in log.lines[1].data


async def test_digests_are_salted_and_cover_prompt_and_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_SALT", "salt")
    log = Log()
    await call(answers(b'{"x":1}', headers=PRICED), log, body=b'{"model": "m", "messages": [ "hi" ]}')
    data = log.lines[0].data
    assert data["prompt_digest"] == hmac.digest(b"salt", b'{"messages":["hi"]}', "sha256").hex()
    assert data["response_digest"] == hmac.digest(b"salt", b'{"x":1}', "sha256").hex()
    assert "prompt" not in data


async def test_masked_text_is_on_the_line_where_the_stack_asks_for_it() -> None:
    log = Log("masked")
    await call(
        streams(b'data: {"choices":[{"delta":{"content":"write to "}}]}\n\ndata: {"delta":"x@y.org"}\n\n'),
        log,
        body=b'{"messages":[{"role":"user","content":"I am bob@example.com"}]}',
    )
    assert log.lines[-1].data["prompt"] == "I am <EMAIL>"
    assert log.lines[-1].data["response"] == "write to <EMAIL>"


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe not text", b"{" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b"", b"[]", b'{"model":{"x":1}}'],
)
async def test_odd_bodies_get_a_line_and_harm_nothing(body: bytes) -> None:
    log = Log("masked")
    await call(answers(b'{"error":{"message":"no"}}', 400), log, body=body)
    assert log.lines[0].event_type == "request_rejected"
    assert log.lines[0].data["request_bytes"] == len(body)


async def test_a_prompt_of_ten_megabytes_gets_a_bounded_line() -> None:
    log = Log("masked")
    body = orjson.dumps({"model": "m", "messages": [{"role": "user", "content": "word " * 2_000_000}]})
    await call(answers(b"{}", headers=PRICED), log, body=body)
    assert log.lines[0].data["request_bytes"] == len(body)
    assert len(orjson.dumps(log.lines[0].data)) < 40_000


async def test_an_administrative_change_says_what_was_set_but_no_key() -> None:
    log = Log()
    body = b'{"key":"sk-secret-secret","team_id":"t1","max_budget":5}'
    await call(answers(b'{"key":"sk-new","token_id":"x"}'), log, path="/key/update", body=body)
    [line] = log.lines
    assert line.event_type == "admin_change"
    assert line.data["operation"] == "POST /key/update"
    assert line.data["fields"] == ["key", "max_budget", "team_id"]
    assert line.data["target"]["team_id"] == "t1"
    assert "sk-" not in orjson.dumps(line.data).decode()


async def test_a_key_in_the_path_is_hashed() -> None:
    log = Log()
    await call(answers(b"{}"), log, path="/key/sk-secret/regenerate")
    hashed = hashlib.sha256(b"sk-secret").hexdigest()
    assert log.lines[0].data["route"] == f"/key/{hashed}/regenerate"


async def test_a_web_socket_has_an_intent_and_an_outcome() -> None:
    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})

    log = Log()
    happened: list[Any] = log.happened

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        happened.append(message["type"])

    scope: Scope = {"type": "websocket", "path": "/v1/realtime", "query_string": b"", "client": None, "headers": []}
    await AuditMiddleware(app, log)(scope, receive, send)  # type: ignore[arg-type]
    assert happened == ["started", "websocket.accept", "websocket.close", "outcome"]
    assert [line.event_type for line in log.lines] == ["other_started", "other_success"]


@pytest.mark.parametrize("known", [True, False])
async def test_every_answer_names_its_call(*, known: bool) -> None:
    log = Log()
    own = {b"x-litellm-call-id": b"litellm's own"} if known else {}
    sent = await call(answers(b'{"error":{"message":"no"}}', 401, own), log)
    named = [value for name, value in sent[0]["headers"] if name == b"x-litellm-call-id"]
    assert named == [b"litellm's own" if known else log.lines[0].id.encode()]
