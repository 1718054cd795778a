"""What lines say: nobody's secrets, bounded, and the same names whatever the API."""

import hashlib
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from cerberus_gateway.audit import admin, canonical, front_door, hook_facts, identity, masking
from cerberus_gateway.audit.content import answer_text, prompt_text
from cerberus_gateway.audit.response_state import ResponseState
from cerberus_gateway.settings import SettingsError, parse
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to Bob.Smith+x@mail.example.com now", "write to <EMAIL> now"),
        ("card 4111 1111 1111 1111.", "card <CARD>."),
        ("order 4111 1111 1111 1112 is no card", "order 4111 1111 1111 1112 is no card"),
        ("call +49 (30) 123-4567 or 030 1234567", "call <PHONE> or <PHONE>"),
        ("pay DE89 3704 0044 0532 0130 00 please", "pay <IBAN> please"),
        ("key sk-proj-abcdefghijkl and AKIAIOSFODNN7EXAMPLE", "key <API_KEY> and <API_KEY>"),
        ("Authorization: Bearer abcdef123456", "Authorization: <TOKEN>"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "<TOKEN>"),
        ("version 1.106.2, 12 apples, 2026", "version 1.106.2, 12 apples, 2026"),
    ],
)
def test_personal_data_and_keys_are_masked(text: str, masked: str) -> None:
    assert masking.mask(text) == masked


@given(st.text(max_size=300))
def test_a_masked_text_is_never_longer_than_its_bound(text: str) -> None:
    assert len(masking.mask(text * 400).encode()) <= masking.MAX_BYTES + len(masking.CUT.encode())


@pytest.mark.parametrize(
    "body",
    [
        {"choices": [{"message": {"role": "assistant", "content": "said"}}]},
        {"choices": [{"text": "said"}]},
        {"output": [{"type": "message", "content": [{"type": "output_text", "text": "said"}]}]},
        {"content": [{"type": "text", "text": "said"}]},
    ],
)
def test_the_text_of_every_apis_answer_is_found(body: dict[str, Any]) -> None:
    assert answer_text(body, b"") == "said"


def test_the_text_of_a_prompt_leaves_names_and_urls_of_the_protocol_out() -> None:
    body = {
        "model": "gpt-4o",
        "system": "be kind",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}],
    }
    assert prompt_text(body) == "be kind\nhello"


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
        {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
        {"input_tokens": 3, "output_tokens": 4},
    ],
)
def test_usage_has_one_set_of_names(usage: dict[str, int]) -> None:
    for stream in (False, True):
        state = ResponseState(None, keep_stream=False)
        state.start({"status": 200, "headers": [(b"content-type", b"application/json")]})
        state.stream = stream
        body = orjson.dumps({"usage": usage})
        state.feed(b"data: " + body + b"\n\ndata: [DONE]\n\n" if stream else body)
        assert state.facts(state.json())["usage"] == {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}


@given(
    st.recursive(
        st.none() | st.floats() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_anything_becomes_canonical_json(value: object) -> None:
    text = canonical.dumps(value)
    assert canonical.dumps(orjson.loads(text)) == text


def test_what_json_cannot_say_is_put_into_words() -> None:
    odd = {"big": 2**70, "nan": float("nan"), "half": "\ud800", "object": SimpleNamespace(secret="s"), 5: {1}}
    text = canonical.dumps(odd).decode()
    assert '"big":"1180591620717411303424"' in text
    assert '"nan":null' in text
    assert '"object":"(SimpleNamespace)"' in text
    assert '"5":[1]' in text


@pytest.mark.parametrize("name", ["Authorization", "x-api-key", "api-key", "x-goog-api-key", "x-litellm-api-key"])
def test_a_key_is_known_by_its_hash_whatever_header_it_came_in(name: str) -> None:
    value = "Bearer sk-1" if name == "Authorization" else "sk-1"
    assert identity.key_hash({name.lower(): value}) == hashlib.sha256(b"sk-1").hexdigest()


def test_the_master_key_has_the_name_that_litellm_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_MASTER_KEY", "sk-master")
    assert identity.key_hash({"authorization": "Bearer sk-master"}) == "litellm_proxy_master_key"


def test_an_administrative_change_names_its_targets_and_never_a_key() -> None:
    request = {
        "keys": ["sk-one", "sk-two"],
        "key": "sk-three",
        "team_id": "sk-in-the-wrong-place",
        "user_id": "u1",
        "metadata": {"password": "p"},
        "max_budget": 5,
    }
    facts = admin.change("POST", "/key/delete", request, {"token": "a" * 64, "team_id": "t9"})
    assert facts["fields"] == ["key", "keys", "max_budget", "metadata", "team_id", "user_id"]
    assert facts["target"]["user_id"] == "u1"
    assert len(facts["target"]["key_hashes"]) == 4
    assert "sk-" not in orjson.dumps(facts).decode()
    assert "password" not in orjson.dumps(facts).decode()


class Kind(StrEnum):
    NO_DB = "no_db_connection"


def test_an_errors_message_holds_no_key_and_its_type_is_plain() -> None:
    class ProxyError(Exception):
        type = Kind.NO_DB
        code = "400"

    facts = hook_facts.error(ProxyError("key sk-abcdefgh12345 of bob@example.com is unknown"))
    assert facts == {
        "class": "ProxyError",
        "code": "400",
        "type": "no_db_connection",
        "message": "key <API_KEY> of <EMAIL> is unknown",
    }


def payload(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of LiteLLM's
    return {
        "status": "failure",
        "model_id": "d1",
        "model": "openai/gpt-4o",
        "custom_llm_provider": "openai",
        "error_information": {"error_class": "RateLimitError", "error_code": "429", "llm_provider": "openai"},
        "metadata": {"user_api_key_hash": "h"},
        **changes,
    }


def test_an_attempt_that_failed_is_a_line() -> None:
    line = hook_facts.attempt_failure(payload(), "call-1")
    assert line is not None
    assert (line.event_type, line.data["call_id"], line.data["deployment"]) == ("attempt_failure", "call-1", "d1")
    assert line.data["error"] == {"class": "RateLimitError", "code": "429"}


@pytest.mark.parametrize(
    "changes",
    [
        {"request_tags": ["litellm-internal-health-check"]},
        {"metadata": {"user_api_key_alias": "litellm-internal-health-check"}},
        {"model_id": None},
        {"error_information": {"error_class": "HTTPException"}},
    ],
)
def test_probes_and_refusals_are_no_attempts(changes: dict[str, Any]) -> None:
    assert hook_facts.attempt_failure(payload(**changes), "call-1") is None


def test_what_litellm_logs_of_a_call_becomes_facts() -> None:
    facts = hook_facts.logged(
        payload(
            status="success",
            response_cost=0.5,
            prompt_tokens=1,
            completion_tokens=2,
            total_tokens=3,
            cache_hit=True,
            request_tags=["mine", "User-Agent: curl"],
        )
    )
    assert facts["cost_usd"] == 0.0, "an answer from the cache costs nothing, whatever LiteLLM says"
    assert facts["usage"] == {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    assert facts["tags"] == ["mine"]
    assert facts["cache_hit"] is True


def test_what_no_cache_answered_costs_what_litellm_says() -> None:
    assert hook_facts.logged(payload(status="success", response_cost=0.5, cache_hit=False))["cost_usd"] == 0.5


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ({"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}, True),
        ({"prompt_tokens": 1, "completion_tokens": 0, "total_tokens": 1}, False),
        ({"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}, False),
    ],
)
def test_an_answers_tokens_are_told_where_it_names_them_as_a_line_does(told: dict[str, int], usage: bool) -> None:  # noqa: FBT001
    answer = SimpleNamespace(_hidden_params={"model_id": "d-1"}, usage=SimpleNamespace(**told))
    assert hook_facts.served({}, answer) == {"deployment": "d-1"} | ({"usage": told} if usage else {})


def haproxy(**changes: Any) -> bytes:  # noqa: ANN401 - any field of the log
    entry = {
        "client": "1.2.3.4",
        "id": "A1",
        "method": "POST",
        "path": "/v1/chat/completions",
        "status": 503,
        "bytes": 217,
        "server": "<NOSRV>",
        "response_ms": -1,
        "total_ms": 2,
        "end": "SC--",
    }
    return b"<134>" + orjson.dumps(entry | changes)


def test_an_answer_of_the_front_door_itself_is_a_line() -> None:
    line = front_door.refused_line(haproxy())
    assert line is not None
    assert line.event_type == "front_door_refused"
    assert line.data["status"] == 503
    assert line.data["route"] == "/v1/chat/completions"


@pytest.mark.parametrize(
    "datagram",
    [
        haproxy(response_ms=12),
        haproxy(status=-1),
        haproxy(status=200),
        b"",
        b"{",
        b"[]",
        b"\xff" * 70,
        b'{"response_ms":-1}',
    ],
)
def test_answers_of_replicas_and_nonsense_are_not(datagram: bytes) -> None:
    assert front_door.refused_line(datagram) is None


GOOD = {
    "stack": "dev",
    "image": "i",
    "config_hash": "h",
    "audit": {"host": "audit", "port": 4700, "when_unavailable": "refuse", "wait_seconds": 10, "content": "digest"},
    "writer": None,
    "approvals": None,
    "redis": {"host": "r", "port": 6379},
}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"stakc": 1}, "stakc"),
        ({"redis": {"host": "r", "port": "6379"}}, "redis.port"),
        ({"redis": {"host": "r", "port": 70000}}, "redis.port"),
        ({"audit": {**GOOD["audit"], "content": "all"}}, "audit.content"),  # type: ignore[dict-item]
        ({"audit": {**GOOD["audit"], "wait_seconds": 0}}, "audit.wait_seconds"),  # type: ignore[dict-item]
    ],
)
def test_wrong_settings_are_named(changes: dict[str, Any], path: str) -> None:
    parse(orjson.dumps(GOOD).decode(), "cerberus.json")
    with pytest.raises(SettingsError, match=f"  {path}: "):
        parse(orjson.dumps(GOOD | changes).decode(), "cerberus.json")
