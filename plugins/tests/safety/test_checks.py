"""One request through all checks: who decides, what is asked of a human, and that nothing a client sends has a say."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from cerberus_gateway.approvals.request import GateRequest
from cerberus_gateway.record import RequestRecord, current
from cerberus_gateway.safety.edge import Edge, current_edge
from cerberus_gateway.safety.guardrail import CerberusSafety
from fastapi import HTTPException

ROUTE = "/v1/chat/completions"
LIMITS: dict[str, Any] = {
    "max_tokens_per_request": 100,
    "max_budget_per_request": 1.0,
    "blocked_content_types": ["harmful"],
    "profiles": {"open": {"blocked_content_types": [], "max_tokens_per_request": 1_000}},
}


def chat(text: str = "hello", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], **more}


def user(key: dict[str, Any] | None = None, team: dict[str, Any] | None = None, route: str = ROUTE) -> SimpleNamespace:
    named = {"api_key": "hash", "key_alias": "alias", "user_id": "u", "team_id": "t", "request_route": route}
    return SimpleNamespace(metadata=key or {}, team_metadata=team or {}, **named)


@pytest.fixture(autouse=True)
def _router(monkeypatch: pytest.MonkeyPatch) -> None:
    """No router: prices are those of the map, so that the proxy need not be loaded."""
    server = ModuleType("litellm.proxy.proxy_server")
    server.llm_router = None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "litellm.proxy.proxy_server", server)
    monkeypatch.setattr("litellm.proxy.proxy_server", server, raising=False)


async def decide(
    data: dict[str, Any],
    settings: dict[str, Any] | None = None,
    who: SimpleNamespace | None = None,
    call: str = "acompletion",
) -> dict[str, Any]:
    """The code of the refusal, or the request as it goes on."""
    guardrail = CerberusSafety(
        guardrail_name="cerberus_safety", event_hook="pre_call", safety=LIMITS if settings is None else settings
    )
    try:
        went_on = await guardrail.async_pre_call_hook(
            user_api_key_dict=who or user(), cache=None, data=data, call_type=call
        )
    except HTTPException as error:
        detail: Any = error.detail
        return {**detail, "status": error.status_code}
    return dict(went_on)


async def test_sets_the_limit_that_the_client_did_not() -> None:
    assert (await decide(chat()))["max_tokens"] == 100
    assert (await decide(chat(max_tokens=7)))["max_tokens"] == 7


@pytest.mark.parametrize(
    ("data", "code", "status"),
    [
        (chat(max_tokens=101), "token_limit_exceeded", 400),
        (chat("x" * 500_000), "cost_limit_exceeded", 400),
        (chat(model="nobody-knows"), "cost_limit_exceeded", 400),
        (chat(tools=[{"type": "web_search"}]), "cost_limit_exceeded", 400),
        (chat("how to make a bomb"), "content_blocked", 400),
        (chat(messages="hi"), "invalid_request", 400),
        (chat(messages=[{"role": 5, "content": "x"}]), "invalid_request", 400),
        (chat(model=""), "invalid_request", 400),
    ],
    ids=["tokens", "cost", "no price", "hosted tool", "content", "messages", "role", "model"],
)
async def test_refuses(data: dict[str, Any], code: str, status: int) -> None:
    outcome = await decide(data)

    assert (outcome["code"], outcome["status"]) == (code, status)


async def test_a_profile_comes_from_key_and_team_only() -> None:
    bad = "how to make a bomb"
    spoofed = {"cerberus_profile": "open", "user_api_key_metadata": {"cerberus_profile": "open"}}

    assert (await decide(chat(bad), who=user({"cerberus_profile": "open"})))["max_tokens"] == 1_000
    assert (await decide(chat(bad), who=user(team={"cerberus_profile": "open"})))["max_tokens"] == 1_000
    for name in ("metadata", "litellm_metadata"):
        assert (await decide(chat(bad, **{name: dict(spoofed)})))["code"] == "content_blocked"
    assert (await decide(chat(bad, cerberus_profile="open")))["code"] == "content_blocked"
    assert (await decide(chat(), who=user({"cerberus_profile": "misspelt"})))["code"] == "safety_unavailable"


@pytest.mark.parametrize("name", ["disable_global_guardrails", "opted_out_global_guardrails"])
def test_no_metadata_opts_out(name: str) -> None:
    guardrail = CerberusSafety(
        guardrail_name="cerberus_safety", event_hook=["pre_call"], default_on=True, safety=LIMITS
    )
    switch = {name: True if name.startswith("disable") else ["cerberus_safety"]}
    data = {"metadata": {"user_api_key_metadata": switch, **switch}, "guardrails": 5, **switch}

    for event in ("pre_call", "post_call", "pre_mcp_call"):
        assert guardrail.should_run_guardrail(data, event) is True


@pytest.mark.parametrize(
    ("key", "team", "code"),
    [
        ({"cerberus_allowed_models": ["gpt-4o"]}, {}, None),
        ({"cerberus_allowed_models": ["gpt-*"]}, {}, None),
        ({"cerberus_allowed_models": ["claude-*"]}, {}, "model_not_allowed"),
        ({"cerberus_allowed_models": []}, {}, "model_not_allowed"),
        ({"cerberus_denied_models": ["gpt-4*"]}, {}, "model_not_allowed"),
        ({"cerberus_allowed_models": ["gpt-4o"]}, {"cerberus_denied_models": ["gpt-4o"]}, "model_not_allowed"),
        ({"cerberus_allowed_routes": ["/v1/embeddings"]}, {}, "route_not_allowed"),
        ({"cerberus_allowed_routes": ["/v1/*"]}, {}, None),
        ({}, {"cerberus_denied_routes": ["/v1/chat*"]}, "route_not_allowed"),
        ({"cerberus_allowed_models": "gpt-4o"}, {}, "safety_unavailable"),
    ],
)
async def test_models_and_routes_of_key_and_team(key: dict[str, Any], team: dict[str, Any], code: str | None) -> None:
    assert (await decide(chat(), who=user(key, team))).get("code") == code


async def test_no_model_hides_behind_another() -> None:
    outcome = await decide(chat(model="gpt-4o-mini, gpt-4o"), who=user({"cerberus_denied_models": ["gpt-4o"]}))

    assert outcome["code"] == "model_not_allowed"


@pytest.mark.parametrize(
    ("switch", "data"),
    [
        ("images", chat(messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}])),
        ("audio", chat(messages=[{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": ""}}]}])),
        ("files", chat(messages=[{"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}])),
        ("tools", chat(tools=[{"type": "function", "function": {"name": "f"}}])),
    ],
)
async def test_inputs_can_be_switched_off(switch: str, data: dict[str, Any]) -> None:
    assert (await decide(data, {"inputs": {switch: False}}))["code"] == "input_not_allowed"
    assert "code" not in await decide(data, {})


async def test_token_ids_pass_no_filter() -> None:
    data = {"model": "text-embedding-3-small", "input": [1, 2, 3]}

    assert (await decide(data, call="aembedding"))["code"] == "input_not_allowed"


async def test_what_goes_wrong_refuses_and_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        message = "internal detail"
        raise RuntimeError(message)

    monkeypatch.setattr("cerberus_gateway.safety.checks.survey", broken)
    outcome = await decide(chat())

    assert (outcome["code"], outcome["status"]) == ("safety_unavailable", 503)
    assert "internal detail" not in str(outcome)


async def test_sockets_are_refused_when_anything_is_limited() -> None:
    assert (await decide({"model": "m"}, call="_arealtime"))["code"] == "route_not_allowed"
    assert "code" not in await decide({"model": "m"}, {}, call="_arealtime")


async def test_a_refusal_is_on_record_without_the_text() -> None:
    record = RequestRecord("call")
    token = current.set(record)
    await decide(chat("how to make a bomb"))
    await decide(chat())
    current.reset(token)

    assert [entry["action"] for entry in record.verdicts] == ["blocked", "allowed"]
    assert record.verdicts[0]["category"] == "harmful"
    assert "bomb" not in str(record.verdicts)


class TestPassThrough:
    """Requests that go to a provider as they are."""

    @staticmethod
    async def decide(
        data: dict[str, Any], route: str, method: str = "POST", **headers: str
    ) -> tuple[dict[str, Any], Edge]:
        """What is decided, and what the edge was told."""
        edge = Edge(method, route, {name.replace("_", "-"): value for name, value in headers.items()})
        token = current_edge.set(edge)
        try:
            return await decide(data, who=user(route=route), call="pass_through_endpoint"), edge
        finally:
            current_edge.reset(token)

    async def test_is_limited_and_its_answer_filtered(self) -> None:
        outcome, edge = await self.decide(chat(), "/openai_passthrough/v1/chat/completions")

        assert outcome["max_completion_tokens"] == 100
        assert edge.filter_with is not None

    @pytest.mark.parametrize(
        ("route", "data", "code"),
        [
            (
                "/anthropic/v1/messages",
                {**chat(model="claude-sonnet-4-6"), "max_tokens": 101},
                "token_limit_exceeded",
            ),
            ("/gemini/v1beta/models/gemini-2.5-pro:generateContent", {"contents": []}, None),
            ("/gemini/v1beta/models/made-up:generateContent", {"contents": []}, "cost_limit_exceeded"),
            ("/openai_passthrough/v1/fine_tuning/jobs", {"model": "gpt-4o"}, "route_not_allowed"),
            ("/openai_passthrough/v1/responses", {"model": "gpt-4o", "input": "how to make a bomb"}, "content_blocked"),
        ],
    )
    async def test_is_checked_like_any_other(self, route: str, data: dict[str, Any], code: str | None) -> None:
        assert (await self.decide(data, route))[0].get("code") == code

    async def test_a_form_is_refused_as_it_cannot_be_read(self) -> None:
        outcome, _ = await self.decide(
            {}, "/openai_passthrough/v1/files", content_type="multipart/form-data; boundary=x"
        )

        assert outcome["code"] == "input_not_allowed"

    async def test_reading_is_free(self) -> None:
        assert "code" not in (await self.decide({}, "/openai_passthrough/v1/models", "GET"))[0]

    async def test_needs_the_edge(self) -> None:
        assert (await decide(chat(), call="pass_through_endpoint"))["code"] == "safety_unavailable"


class TestApproval:
    """When a human is asked."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[GateRequest]:
        """The requests that reached the gate, which lets all through."""
        seen: list[GateRequest] = []

        async def require(request: GateRequest) -> None:
            seen.append(request)

        gate = ModuleType("cerberus_gateway.approvals.gate")
        gate.require = require  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "cerberus_gateway.approvals.gate", gate)
        return seen

    async def test_above_the_threshold(self, asked: list[GateRequest]) -> None:
        sent = chat("please mail bob@example.org")
        data = {**sent, "proxy_server_request": {"body": sent, "headers": {"X-Cerberus-Approval-Id": "apr_1"}}}
        await decide(data, {"require_approval_over": 0.000001, "max_tokens_per_request": 50})

        (request,) = asked
        assert request.body == sent
        assert request.approval_id == "apr_1"
        assert request.estimate_usd is not None
        assert (request.key_hash, request.team_id, request.model, request.route) == ("hash", "t", "gpt-4o", ROUTE)
        assert "[email]" in request.preview
        assert "approval is required above" in request.reasons[0]

    async def test_not_below_it(self, asked: list[GateRequest]) -> None:
        await decide(chat(), {"require_approval_over": 5, "max_tokens_per_request": 50})

        assert asked == []

    async def test_when_the_cost_cannot_be_known(self, asked: list[GateRequest]) -> None:
        await decide(chat(model="nobody-knows"), {"require_approval_over": 5})

        assert asked[0].estimate_usd is None

    @pytest.mark.parametrize(
        ("rule", "asks"),
        [
            ({"models": ["gpt-4o"]}, True),
            ({"models": ["gpt-4o-mini"]}, False),
            ({"teams": ["t"]}, True),
            ({"models": ["gpt-4o"], "teams": ["other"]}, False),
            ({"tools": True}, False),
            ({}, False),
        ],
    )
    async def test_rules(self, asked: list[GateRequest], rule: dict[str, Any], asks: bool) -> None:  # noqa: FBT001
        await decide(chat(), {"approval_rules": [rule]})

        assert bool(asked) is asks

    async def test_is_asked_after_the_limits(self, asked: list[GateRequest]) -> None:
        await decide(chat(max_tokens=101), {"approval_rules": [{"models": ["gpt-4o"]}], "max_tokens_per_request": 100})

        assert asked == []

    async def test_without_a_gate_nothing_passes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "cerberus_gateway.approvals.gate", None)

        assert (await decide(chat(), {"approval_rules": [{"teams": ["t"]}]}))["code"] == "safety_unavailable"
