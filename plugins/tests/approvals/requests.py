"""Requests for the tests to have approved."""

from dataclasses import replace
from typing import Any

from cerberus_gateway.approvals.auth import key_hash
from cerberus_gateway.approvals.request import GateRequest

REQUEST = GateRequest(
    key_hash=key_hash("sk-alice"),
    key_alias="alice-app",
    user_id="alice",
    team_id="research",
    model="gpt-4o",
    route="/v1/chat/completions",
    body={"model": "gpt-4o", "messages": [{"role": "user", "content": "Write a very long report"}]},
    estimate_usd=7.5,
    reasons=["the estimate of $7.50 is above $5.00"],
    approval_id=None,
    preview="Write a very long report",
)


def request(**changes: Any) -> GateRequest:  # noqa: ANN401 - any field
    return replace(REQUEST, **changes)


def body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {**REQUEST.body, **changes}
