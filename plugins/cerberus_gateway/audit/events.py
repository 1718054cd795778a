"""Which event a finished request is. Pure: from its route, its HTTP status and what is known of its error."""

from dataclasses import dataclass
from typing import Any, Literal

from cerberus_gateway.audit.routes import administration, call_of

type Ending = Literal["complete", "interrupted"]

READS = frozenset({"GET", "HEAD", "OPTIONS"})
UNAUTHORIZED = 401
FORBIDDEN = 403
TOO_MANY = 429
FIRST_CLIENT_ERROR = 400
FIRST_SERVER_ERROR = 500

_BY_CODE = {
    "approval_required": "approval_required",
    "approval_denied": "approval_required",
    "approval_invalid": "approval_required",
    "approvals_unavailable": "approval_required",
    "invalid_request": "request_rejected",
    "audit_unavailable": "audit_unavailable",
    "budget_exceeded": "budget_denied",
    "budget_unavailable": "budget_denied",
}
"""Refusals of our own (refusal.py) that aren't guardrail_denied."""
_AUTH_TYPES = frozenset({"auth_error", "no_db_connection", "token_not_found_in_db", "expired_key"})
_GUARDRAIL_CLASSES = frozenset(
    {"GuardrailRaisedException", "BlockedPiiEntityError", "GuardrailInterventionNormalStringError"}
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known of an error: `type`, `code`, `guardrail` by the answer's body, the rest by LiteLLM's hook."""

    type: str = ""
    code: str = ""
    refusal: bool = False
    guardrail: bool = False
    error_class: str = ""
    provider: str = ""


def failure_of(body: object, facts: dict[str, Any]) -> Failure:
    """What an answer's JSON body and the request's facts say of an error."""
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    details = error.get("provider_specific_fields")
    details = details if isinstance(details, dict) else {}
    noted = facts.get("error")
    noted = noted if isinstance(noted, dict) else {}
    refusal = next((e for e in (details, error, noted) if e.get("type") == "cerberus_refusal"), None)
    return Failure(
        type=str((refusal or error).get("type") or noted.get("type") or ""),
        code=str((refusal or error).get("code") or noted.get("code") or ""),
        refusal=refusal is not None,
        guardrail="guardrail_name" in details or "guardrail_name" in error,
        error_class=str(noted.get("class") or ""),
        provider=str(noted.get("provider") or ""),
    )


def event_type(path: str, method: str, status: int, ending: Ending, failure: Failure | None) -> str:
    """The event type of a request.

    :param status: the HTTP status the client got; of a stream, 200
    :param failure: None when there was no error; a stream may have one after its 200
    """
    call = call_of(path)
    if ending == "interrupted":
        return f"{call}_interrupted"
    failed = failure is not None or status >= FIRST_CLIENT_ERROR
    if failed and (denial := denial_of(status, failure or Failure())) is not None:
        return denial
    if administration(path):
        return "admin_read" if method in READS else "admin_change"
    return f"{call}_failure" if failed else f"{call}_success"


def denial_of(status: int, failure: Failure) -> str | None:
    """Which denial an error is, or None when the gateway let the request pass and it failed behind it."""
    kinds = (
        ("guardrail_denied", failure.guardrail or failure.error_class in _GUARDRAIL_CLASSES),
        ("budget_denied", failure.type == "budget_exceeded" or failure.error_class == "BudgetExceededError"),
        # LiteLLM stamps it with the provider that it would have asked.
        ("rate_limited", failure.error_class == "ProxyRateLimitError"),
        ("auth_denied", failure.type in _AUTH_TYPES or failure.type.endswith("_model_access_denied")),
    )
    if failure.refusal:
        return _BY_CODE.get(failure.code, "guardrail_denied")
    if (named := next((kind for kind, holds in kinds if holds), None)) is not None:
        return named
    return None if failure.provider else _by_status(status, failure)


def _by_status(status: int, failure: Failure) -> str | None:
    """The denial that a status alone tells, when no provider was asked."""
    if status in {UNAUTHORIZED, FORBIDDEN}:
        return "auth_denied"
    if status == TOO_MANY or failure.type == "overloaded_error":
        return "rate_limited"
    return "request_rejected" if FIRST_CLIENT_ERROR <= status < FIRST_SERVER_ERROR else None
