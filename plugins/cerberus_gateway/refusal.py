"""How a request is refused: one stable body that clients can rely on.

Never a plain exception, whose text LiteLLM would leak.

LiteLLM puts `error` of an HTTPException's detail into the message and the whole detail into `provider_specific_fields`.
"""

from typing import Any, Literal

from fastapi import HTTPException

type Code = Literal[
    "cost_limit_exceeded",
    "token_limit_exceeded",
    "content_blocked",
    "model_not_allowed",
    "route_not_allowed",
    "input_not_allowed",
    "approval_required",
    "approval_denied",
    "approval_invalid",
    "invalid_request",
    "safety_unavailable",
    "approvals_unavailable",
    "audit_unavailable",
    "budget_exceeded",
    "budget_unavailable",
]

STATUS: dict[Code, int] = {
    "cost_limit_exceeded": 400,
    "token_limit_exceeded": 400,
    "content_blocked": 400,
    "input_not_allowed": 400,
    "invalid_request": 400,
    "model_not_allowed": 403,
    "route_not_allowed": 403,
    "approval_required": 403,
    "approval_denied": 403,
    "approval_invalid": 403,
    "safety_unavailable": 503,
    "approvals_unavailable": 503,
    "audit_unavailable": 503,
    "budget_exceeded": 429,
    "budget_unavailable": 503,
}


def refusal(code: Code, message: str, *, param: str | None = None, **details: Any) -> HTTPException:  # noqa: ANN401
    """The exception that refuses a request.

    :param message: says what was found, what is allowed and what the caller can do; holds no secret and no prompt text
    :param param: the field of the request that is at fault
    :param details: more JSON fields for programs, such as `approval_id` or `limit_usd`
    """
    body = {"error": message, "type": "cerberus_refusal", "code": code, "message": message, "param": param, **details}
    return HTTPException(status_code=STATUS[code], detail=body)
