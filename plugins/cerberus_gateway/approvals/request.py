"""What the safety guardrail hands to the approval gate: one request that a human has to approve."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class GateRequest:
    """One request. `gate.require(request)` returns when it is approved and raises a refusal otherwise."""

    key_hash: str
    """SHA-256 of the virtual key, as LiteLLM keeps it."""
    key_alias: str | None
    user_id: str | None
    team_id: str | None
    model: str
    """The model the client asked for, before any alias or fallback."""
    route: str
    """Path of the request, such as /v1/chat/completions."""
    body: dict[str, Any]
    """The client's body as received: no default of ours and nothing of LiteLLM's in it."""
    estimate_usd: float | None
    """Worst-case cost in USD; None when nothing about its price is known."""
    reasons: list[str]
    """Why approval is asked for, in plain words; never empty, no prompt text."""
    approval_id: str | None
    """From the header x-cerberus-approval-id: the approval that the client says it has."""
    preview: str
    """The prompt for the approver's eyes, personal data and keys masked, at most 2,000 characters."""
