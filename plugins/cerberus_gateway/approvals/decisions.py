"""Approving and denying: who may, and the order that keeps every decision that counts on record.

Claim → audit → decide: the claim keeps a second approver out, the audit line is durable before the decision takes
effect, and a decision that can't be audited does not happen.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from cerberus_gateway.approvals.approval import Approval
from cerberus_gateway.approvals.auth import Caller
from cerberus_gateway.approvals.store import CLAIM_SECONDS, Decision, Store

LONGEST_REASON = 500
AUDIT_SECONDS = CLAIM_SECONDS * 2 / 3
"""Longest wait for the audit log; the claim outlives it."""

type RefusalCode = Literal[
    "not_approver",
    "own_request",
    "reason_missing",
    "reason_too_long",
    "unknown",
    "already_decided",
    "expired",
    "busy",
    "audit_unavailable",
]


class Audit(Protocol):
    """The audit client's part that is used here."""

    def event(self, event_type: str, data: dict[str, Any]) -> Awaitable[None]:
        """Returns when the line is durable, and raises otherwise."""


class DecisionRefusedError(Exception):
    """The decision was not taken; the text is for the approver."""

    def __init__(self, message: str, *, code: RefusalCode) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Decisions:
    """Takes decisions for one stack."""

    store: Store
    audit: Audit | None
    """None = the stack keeps no audit log."""
    four_eyes: bool
    """Whether the requester's own key, and another key of the same user, are kept from deciding."""

    def why_not(self, caller: Caller, approval: Approval) -> DecisionRefusedError | None:
        """Why the caller may not decide, whatever the approval's state."""
        if not caller.approver:
            return DecisionRefusedError("this key is not an approver's", code="not_approver")
        same_user = caller.user_id is not None and caller.user_id == approval.user_id
        if self.four_eyes and (caller.key_hash == approval.key_hash or same_user):
            return DecisionRefusedError(
                "you asked for this one yourself: another person has to decide", code="own_request"
            )
        return None

    async def decide(
        self, caller: Caller, approval_id: str, verdict: Literal["approved", "denied"], reason: str
    ) -> Approval:
        """Takes the decision and gives the approval as it is then.

        :raises DecisionRefusedError: with what is in the way
        :raises StoreUnavailableError: when Redis does not answer
        """
        reason = " ".join(reason.split())
        if not reason:
            text = "say why: the reason is kept in the audit log"
            raise DecisionRefusedError(text, code="reason_missing")
        if len(reason) > LONGEST_REASON:
            text = f"the reason has {len(reason)} characters: {LONGEST_REASON} are allowed"
            raise DecisionRefusedError(text, code="reason_too_long")
        approval = await self.store.get(approval_id)
        if approval is None:
            text = f"there is no approval {approval_id}"
            raise DecisionRefusedError(text, code="unknown")
        if (refused := self.why_not(caller, approval)) is not None:
            raise refused
        outcome, token = await self.store.claim(approval_id)
        if outcome != "claimed":
            raise _not_pending(outcome, approval)
        try:
            async with asyncio.timeout(AUDIT_SECONDS):
                await self._record(caller, approval, verdict, reason)
        except Exception as error:
            await self.store.release(approval_id, token)
            text = "the audit log can't take the decision, so it was not made: try again later"
            raise DecisionRefusedError(text, code="audit_unavailable") from error
        decision = Decision(verdict, caller.name, caller.key_hash, reason)
        if not await self.store.decide(approval, token, decision):
            text = "the decision took too long and is not in effect: decide again"
            raise DecisionRefusedError(text, code="busy")
        return await self.store.get(approval_id) or approval

    async def _record(
        self, caller: Caller, approval: Approval, verdict: Literal["approved", "denied"], reason: str
    ) -> None:
        if self.audit is None:
            return
        facts = {
            "approval_id": approval.id,
            "decision_reason": reason,
            "decided_by": caller.name,
            "key_hash": caller.key_hash,
            "user_id": caller.user_id,
            "requester_key_hash": approval.key_hash,
            "requester_key_alias": approval.key_alias,
            "requester_user_id": approval.user_id,
            "requester_team_id": approval.team_id,
            "requested_model": approval.model,
            "route": approval.route,
            "estimate_usd": approval.estimate_usd,
            "reasons": approval.reasons,
        }
        event_type = "approval_granted" if verdict == "approved" else "approval_denied"
        await self.audit.event(event_type, {name: value for name, value in facts.items() if value is not None})


def _not_pending(outcome: str, approval: Approval) -> DecisionRefusedError:
    by = f" by {approval.decided_by}" if approval.decided_by else ""
    match outcome:
        case "approved":
            return DecisionRefusedError(f"it is approved already{by}", code="already_decided")
        case "denied":
            return DecisionRefusedError(f"it is denied already{by}", code="already_decided")
        case "used":
            return DecisionRefusedError(f"it was approved{by} and has been used", code="already_decided")
        case "expired":
            return DecisionRefusedError("nobody decided in time: the client has to ask again", code="expired")
        case "busy":
            return DecisionRefusedError("another approver is deciding at this moment: look again", code="busy")
        case _:
            return DecisionRefusedError(f"there is no approval {approval.id}", code="unknown")
