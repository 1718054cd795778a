"""What is known of the request being served: written by whoever finds something out, read once by the audit log.

The audit middleware opens a record before LiteLLM sees the request. Everything that runs in the request's own context
(hooks, guardrails, the approval gate) adds to it; outside a request every call here does nothing.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

type Action = Literal["allowed", "blocked", "masked", "approval_required", "approved", "error"]


@dataclass(slots=True)
class RequestRecord:
    """One request. `facts` become fields of the audit line's `data`; `verdicts` its `guardrails`."""

    call_id: str
    facts: dict[str, Any] = field(default_factory=dict)
    verdicts: list[dict[str, Any]] = field(default_factory=list)


current: ContextVar[RequestRecord | None] = ContextVar("cerberus_request", default=None)


def note(**facts: Any) -> None:  # noqa: ANN401 - any JSON value
    """Adds JSON-like facts to the request's audit line; a later value of the same name wins."""
    if (record := current.get()) is not None:
        record.facts.update(facts)


def verdict(guardrail: str, action: Action, **details: Any) -> None:  # noqa: ANN401 - any JSON value
    """Says what a check decided. Details hold no prompt text and no secret."""
    if (record := current.get()) is not None:
        record.verdicts.append({"guardrail": guardrail, "action": action, **details})
