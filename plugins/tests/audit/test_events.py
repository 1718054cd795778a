"""Which event a request is, for every kind of call and every kind of denial."""

from typing import Any, get_args

import pytest
from cerberus_gateway import refusal
from cerberus_gateway.audit.events import event_type, failure_of
from cerberus_gateway.audit.routes import administration, call_of, skipped

CALLS = [
    ("/v1/chat/completions", "chat_completion"),
    ("/chat/completions", "chat_completion"),
    ("/openai/deployments/gpt-4o/chat/completions", "chat_completion"),
    ("/engines/gpt-4o/chat/completions", "chat_completion"),
    ("/v1/completions", "text_completion"),
    ("/v1/embeddings", "embedding"),
    ("/openai/deployments/emb/embeddings", "embedding"),
    ("/v1/responses", "response"),
    ("/v1/responses/resp_1/cancel", "response"),
    ("/v1/messages", "message"),
    ("/v1/messages/count_tokens", "message"),
    ("/v1/images/generations", "image"),
    ("/v1/audio/speech", "audio"),
    ("/v2/rerank", "rerank"),
    ("/v1/moderations", "moderation"),
    ("/openai/v1/files", "pass_through"),
    ("/anthropic/v1/messages", "pass_through"),
    ("/vertex_ai/v1/projects", "pass_through"),
    ("/mcp/tools", "mcp"),
    ("/github/mcp", "mcp"),
    ("/v1/models", "other"),
    ("/v1/batches", "other"),
]


@pytest.mark.parametrize(("path", "call"), CALLS)
def test_every_path_is_one_kind_of_call(path: str, call: str) -> None:
    assert call_of(path) == call
    assert not skipped(path)
    assert event_type(path, "POST", 200, "complete", None) == f"{call}_success"
    assert event_type(path, "POST", 200, "interrupted", None) == f"{call}_interrupted"
    assert event_type(path, "POST", 500, "complete", failure_of(None, {})) == f"{call}_failure"


@pytest.mark.parametrize(
    ("path", "method", "event"),
    [
        ("/key/generate", "POST", "admin_change"),
        ("/team/t1", "PATCH", "admin_change"),
        ("/credentials/c1", "DELETE", "admin_change"),
        ("/key/info", "GET", "admin_read"),
        ("/spend/logs", "GET", "admin_read"),
        ("/model/info", "GET", "admin_read"),
        ("/guardrails/apply_guardrail", "POST", "other_success"),
        ("/models", "GET", "other_success"),
    ],
)
def test_administration_is_told_from_use(path: str, method: str, event: str) -> None:
    assert event_type(path, method, 200, "complete", None) == event
    assert administration(path) == event.startswith("admin")


def test_a_change_that_failed_is_still_a_change_and_one_that_was_not_allowed_a_denial() -> None:
    assert event_type("/key/generate", "POST", 500, "complete", failure_of(None, {})) == "admin_change"
    assert event_type("/key/generate", "POST", 401, "complete", failure_of(None, {})) == "auth_denied"


def answer(**error: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"error": error}


DENIALS = [
    ("no key", 401, answer(type="auth_error", code="401"), {}, "auth_denied"),
    ("an unknown key without a database", 400, answer(type="no_db_connection"), {}, "auth_denied"),
    ("an unknown key", 401, answer(type="token_not_found_in_db"), {}, "auth_denied"),
    ("an expired key", 400, answer(type="expired_key"), {}, "auth_denied"),
    ("a model the team may not call", 403, answer(type="team_model_access_denied"), {}, "auth_denied"),
    ("a route that is for admins", 401, None, {}, "auth_denied"),
    ("a spent budget", 429, answer(type="budget_exceeded"), {}, "budget_denied"),
    ("a spent budget by its class", 400, answer(), {"error": {"class": "BudgetExceededError"}}, "budget_denied"),
    ("too many requests", 429, answer(type="None"), {"error": {"class": "HTTPException"}}, "rate_limited"),
    (
        "too many requests of a key, which LiteLLM blames on a provider",
        429,
        answer(type="throttling_error"),
        {"error": {"class": "ProxyRateLimitError", "provider": "openai"}},
        "rate_limited",
    ),
    ("a worker at its limit", 503, answer(type="overloaded_error"), {}, "rate_limited"),
    ("a guardrail", 400, answer(provider_specific_fields={"guardrail_name": "x"}), {}, "guardrail_denied"),
    ("a guardrail by its class", 500, answer(), {"error": {"class": "BlockedPiiEntityError"}}, "guardrail_denied"),
    ("an unknown model", 400, answer(type="invalid_request_error"), {}, "request_rejected"),
    ("malformed JSON", 400, answer(type="invalid_request_error"), {}, "request_rejected"),
    ("an unknown path", 404, {"detail": "Not Found"}, {}, "request_rejected"),
]


@pytest.mark.parametrize(("what", "status", "body", "facts", "event"), DENIALS, ids=[row[0] for row in DENIALS])
def test_every_denial_has_its_event(what: str, status: int, body: object, facts: dict[str, Any], event: str) -> None:
    del what
    assert event_type("/v1/chat/completions", "POST", status, "complete", failure_of(body, facts)) == event


@pytest.mark.parametrize("code", get_args(refusal.Code.__value__))
def test_every_refusal_of_ours_is_a_denial(code: refusal.Code) -> None:
    error = refusal.refusal(code, "why")
    as_litellm_says_it = answer(message="why", type="None", code="400", provider_specific_fields=error.detail)
    event = event_type(
        "/v1/chat/completions", "POST", error.status_code, "complete", failure_of(as_litellm_says_it, {})
    )
    approvals = {"approval_required", "approval_denied", "approval_invalid", "approvals_unavailable"}
    special = {"invalid_request": "request_rejected", "audit_unavailable": "audit_unavailable"}
    special |= dict.fromkeys(("budget_exceeded", "budget_unavailable"), "budget_denied")
    assert event == ("approval_required" if code in approvals else special.get(code, "guardrail_denied"))


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_an_error_of_a_provider_is_a_failure_whatever_its_status(status: int) -> None:
    facts = {"error": {"class": "RateLimitError", "provider": "openai"}}
    assert event_type("/v1/embeddings", "POST", status, "complete", failure_of(answer(), facts)) == "embedding_failure"


def test_an_error_after_a_streams_200_is_a_failure() -> None:
    failure = failure_of(None, {"error": {"class": "APIConnectionError", "provider": "openai"}})
    assert event_type("/v1/chat/completions", "POST", 200, "complete", failure) == "chat_completion_failure"
