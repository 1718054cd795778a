"""One approval as people and programs see it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

type Status = Literal["pending", "approved", "denied", "used", "expired"]
STATUSES: tuple[Status, ...] = ("pending", "approved", "denied", "used", "expired")


@dataclass(frozen=True, slots=True)
class Approval:
    """A request that waits, or waited, for a decision. Times are Unix seconds."""

    id: str
    status: Status
    """`expired` is worked out: pending or approved, and `expires` has passed."""
    key_hash: str
    key_alias: str | None
    user_id: str | None
    team_id: str | None
    model: str
    route: str
    estimate_usd: float | None
    reasons: list[str]
    preview: str
    """The prompt, personal data and keys masked."""
    created: int
    expires: int
    """Until when it can be decided; once approved, until when it can be used."""
    decided_by: str | None
    decided_by_key_hash: str | None
    decided_at: int | None
    decision_reason: str | None
    used_at: int | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def from_fields(fields: dict[str, str], now: float) -> Approval:
    """The approval in a Redis hash; an empty text there means unknown."""
    status = fields["status"]
    expires = int(fields["expires"])
    if status in {"pending", "approved"} and expires <= now:
        status = "expired"
    if status not in STATUSES:
        message = f"approval {fields['id']} has the status {status!r}"
        raise ValueError(message)
    estimate = fields.get("estimate_usd")
    return Approval(
        id=fields["id"],
        status=status,
        key_hash=fields["key_hash"],
        key_alias=fields.get("key_alias") or None,
        user_id=fields.get("user_id") or None,
        team_id=fields.get("team_id") or None,
        model=fields["model"],
        route=fields["route"],
        estimate_usd=float(estimate) if estimate else None,
        reasons=json.loads(fields["reasons"]),
        preview=fields["preview"],
        created=int(fields["created"]),
        expires=expires,
        decided_by=fields.get("decided_by") or None,
        decided_by_key_hash=fields.get("decided_by_key_hash") or None,
        decided_at=_time(fields.get("decided_at")),
        decision_reason=fields.get("decision_reason") or None,
        used_at=_time(fields.get("used_at")),
    )


def _time(text: str | None) -> int | None:
    return int(text) if text else None
