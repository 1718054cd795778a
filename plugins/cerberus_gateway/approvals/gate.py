"""The gate itself: what the safety guardrail calls for a request that a person has to approve.

A request without an approval is refused with `approval_required` and an approval's id. Once a person has approved,
the same request with that id in the header `x-cerberus-approval-id` passes, once. Redis down, or approvals switched
off, refuses.
"""

import os
from datetime import UTC, datetime
from functools import cache

from fastapi import HTTPException

from cerberus_gateway import record, settings
from cerberus_gateway.approvals import store as approvals
from cerberus_gateway.approvals.fingerprint import NotBindableError, fingerprint
from cerberus_gateway.approvals.request import GateRequest
from cerberus_gateway.refusal import refusal

GUARDRAIL = "cerberus_approvals"
HEADER = "x-cerberus-approval-id"
ASK_ANEW = f"send the request without {HEADER} to ask for a new approval"


async def require(request: GateRequest) -> None:
    """Returns when the request is approved, and uses the approval up.

    :raises HTTPException: a refusal: approval_required, approval_denied, approval_invalid, invalid_request,
    approvals_unavailable
    """
    store = _store()
    if store is None:
        message = "this request needs a person's approval, and approvals are switched off: set `approvals` in the stack"
        raise refusal(code="approvals_unavailable", message=message, reasons=request.reasons)
    await pass_or_refuse(store, request)


@cache
def _store() -> approvals.Store | None:
    told = settings.load()
    if told.approvals is None:
        return None
    password = os.environ.get("REDIS_COORDINATION_PASSWORD")
    return approvals.Store(
        approvals.connect(told.redis.host, told.redis.port, password),
        ttl_seconds=told.approvals.ttl_seconds,
        approved_ttl_seconds=told.approvals.approved_ttl_seconds,
    )


async def pass_or_refuse(store: approvals.Store, request: GateRequest) -> None:
    """`require` on a given store."""
    try:
        print_of_request = fingerprint(request)
    except NotBindableError:
        record.verdict(GUARDRAIL, "blocked", reason="not bindable")
        message = "this request needs a person's approval, which only a plain JSON body can get: send no files"
        raise refusal(code="invalid_request", message=message) from None
    try:
        if request.approval_id is None:
            await _ask(store, request, print_of_request)
        else:
            await _use(store, request, request.approval_id, print_of_request)
    except approvals.StoreUnavailableError:
        record.verdict(GUARDRAIL, "error", reason="unavailable")
        message = "this request needs a person's approval, and the approvals' store does not answer: try again later"
        raise refusal(code="approvals_unavailable", message=message, reasons=request.reasons) from None


async def _ask(store: approvals.Store, request: GateRequest, print_of_request: str) -> None:
    asked = await store.ask(request, print_of_request)
    if asked.outcome == "created":
        record.note(approval_event="approval_requested")
    if asked.outcome in {"full_key", "full"}:
        record.verdict(GUARDRAIL, "blocked", reason=asked.outcome)
        if asked.outcome == "full":
            raise refusal(
                code="approvals_unavailable",
                message="too many requests wait for approval in this stack: try again later",
            )
        limit = approvals.MOST_OPEN_PER_KEY
        raise refusal(
            code="approval_invalid",
            message=f"{limit} requests of this key wait for approval already: wait for a decision",
        )
    if asked.outcome == "denied":
        raise _denied(asked.id, asked.reason)
    raise _required(request, asked.id, asked.expires, approved=asked.outcome == "approved")


async def _use(store: approvals.Store, request: GateRequest, approval_id: str, print_of_request: str) -> None:
    if not approvals.ID.fullmatch(approval_id):
        record.verdict(GUARDRAIL, "blocked", reason="malformed")
        raise refusal(
            code="approval_invalid", message=f"{HEADER} holds no approval id (apr_ and 22 characters): {ASK_ANEW}"
        )
    outcome, expires, reason = await store.consume(approval_id, request.key_hash, print_of_request)
    match outcome:
        case "passed":
            record.note(approval_id=approval_id, approval_event="approval_used")
            record.verdict(GUARDRAIL, "approved", approval_id=approval_id)
        case "pending":
            raise _required(request, approval_id, expires, approved=False)
        case "denied":
            raise _denied(approval_id, reason)
        case "unknown":
            raise _invalid(approval_id, "unknown", "this key has no such approval")
        case "mismatch":
            raise _invalid(approval_id, "mismatch", "it was given for another request (any change to the body counts)")
        case "used":
            raise _invalid(approval_id, "used", "it has been used: an approval passes one request")
        case "expired":
            raise _invalid(approval_id, "expired", f"it expired at {_iso(expires)}")


def _required(request: GateRequest, approval_id: str, expires: int, *, approved: bool) -> HTTPException:
    record.note(approval_id=approval_id)
    record.verdict(GUARDRAIL, "approval_required", approval_id=approval_id)
    state = "is approved" if approved else "waits for a person's approval"
    then = "now" if approved else "once it is approved"
    return refusal(
        "approval_required",
        f"this request {state} ({'; '.join(request.reasons)}). {then.capitalize()}, send the same request with "
        f"the header {HEADER}: {approval_id}",
        approval_id=approval_id,
        approval_status="approved" if approved else "pending",
        estimate_usd=request.estimate_usd,
        expires_at=_iso(expires),
        reasons=request.reasons,
    )


def _denied(approval_id: str, reason: str) -> HTTPException:
    record.note(approval_id=approval_id)
    record.verdict(GUARDRAIL, "blocked", reason="denied", approval_id=approval_id)
    message = f"the approver of this request said no: {reason}"
    return refusal("approval_denied", message, approval_id=approval_id, reason=reason)


def _invalid(approval_id: str, reason: str, text: str) -> HTTPException:
    record.note(approval_id=approval_id)
    record.verdict(GUARDRAIL, "blocked", reason=reason, approval_id=approval_id)
    message = f"approval {approval_id} can't be used: {text}. Fix: {ASK_ANEW}"
    return refusal("approval_invalid", message, approval_id=approval_id, reason=reason)


def _iso(unix: int) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
