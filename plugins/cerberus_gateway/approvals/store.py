"""Approvals in the coordination Redis. Each call ends within a second and fails closed: no answer is never a yes.

`cerberus:approval:<id>` (hash) is one approval; `cerberus:approvals` (sorted by creation) lists them;
`cerberus:approval-for:<fingerprint>` finds the one that a request already has; `cerberus:approvals-open:<key hash>`
counts what a key has open. All of them expire.
"""

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from cerberus_gateway.approvals import scripts
from cerberus_gateway.approvals.approval import Approval, from_fields
from cerberus_gateway.approvals.request import GateRequest

RECORD = "cerberus:approval:"
ALL = "cerberus:approvals"
BY_FINGERPRINT = "cerberus:approval-for:"
OPEN = "cerberus:approvals-open:"
NOTIFIED = "cerberus:approval-notified:"

TIMEOUT_SECONDS = 3.0
HISTORY_SECONDS = 24 * 3600
"""How long an approval can still be looked at after it expired; the audit log keeps it for good."""
CLAIM_SECONDS = 30
"""Longest that writing a decision to the audit log may take."""
MOST_OPEN_PER_KEY = 50
MOST_IN_ALL = 5_000
"""About 4 KiB each: a flood of requests must not fill the Redis that also holds the rate limits."""
PREVIEW_CHARACTERS = 2_000
ID = re.compile(r"apr_[A-Za-z0-9_-]{22}")

type Asked = Literal["created", "pending", "approved", "denied", "full_key", "full"]
type Claimed = Literal["claimed", "unknown", "expired", "busy", "approved", "denied", "used"]
type Consumed = Literal["passed", "unknown", "mismatch", "pending", "denied", "used", "expired"]


class StoreUnavailableError(Exception):
    """Redis did not answer in time, or answered with an error."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What became of asking for an approval."""

    outcome: Asked
    id: str
    expires: int
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """An approver's word on one approval."""

    verdict: Literal["approved", "denied"]
    by: str
    key_hash: str
    reason: str


def connect(host: str, port: int, password: str | None) -> Redis:
    """A client of its own for approvals, whose every wait is bounded."""
    pool = BlockingConnectionPool(
        host=host,
        port=port,
        password=password,
        decode_responses=True,
        max_connections=32,
        timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        # One more try on a connection that a restarted Redis has dropped. Repeating a script is safe: the second run
        # sees what the first one did, and an approval whose answer was lost counts as used.
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    )
    return Redis(connection_pool=pool)


@asynccontextmanager
async def _bounded() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            yield
    except (RedisError, OSError, TimeoutError) as error:
        message = f"the approvals' Redis does not answer ({type(error).__name__})"
        raise StoreUnavailableError(message) from error


class Store:
    """:raises StoreUnavailableError: from every method"""

    def __init__(self, redis: Redis, *, ttl_seconds: int, approved_ttl_seconds: int) -> None:
        self._redis = redis
        self._ttl = ttl_seconds
        self._approved_ttl = approved_ttl_seconds
        self._request = redis.register_script(scripts.REQUEST)
        self._claim = redis.register_script(scripts.CLAIM)
        self._release = redis.register_script(scripts.RELEASE)
        self._decide = redis.register_script(scripts.DECIDE)
        self._consume = redis.register_script(scripts.CONSUME)

    async def ask(self, request: GateRequest, fingerprint: str) -> Ask:
        """The approval that the request has, or a new one that waits for a decision."""
        fields = {
            "fingerprint": fingerprint,
            "key_hash": request.key_hash,
            "key_alias": request.key_alias or "",
            "user_id": request.user_id or "",
            "team_id": request.team_id or "",
            "model": request.model,
            "route": request.route,
            "estimate_usd": "" if request.estimate_usd is None else repr(request.estimate_usd),
            "reasons": json.dumps(request.reasons),
            # A lone surrogate is legal in JSON text and has no UTF-8.
            "preview": request.preview[:PREVIEW_CHARACTERS].encode(errors="replace").decode(),
        }
        limits = [self._ttl, HISTORY_SECONDS, MOST_OPEN_PER_KEY, MOST_IN_ALL]
        new_id = f"apr_{secrets.token_urlsafe(16)}"
        pairs = [part for pair in fields.items() for part in pair]
        async with _bounded():
            answer = await self._request(
                keys=[BY_FINGERPRINT + fingerprint, ALL, OPEN + request.key_hash],
                args=[RECORD, new_id, *limits, *pairs],
            )
        outcome, approval_id, expires, reason = cast("list[str]", answer)
        return Ask(cast("Asked", outcome), approval_id, int(expires), reason)

    async def consume(self, approval_id: str, key_hash: str, fingerprint: str) -> tuple[Consumed, int, str]:
        """Uses the approval up. One call in all is told `passed`."""
        async with _bounded():
            answer = await self._consume(keys=[RECORD + approval_id, OPEN + key_hash], args=[fingerprint, key_hash])
        outcome, expires, reason = cast("list[str]", answer)
        return cast("Consumed", outcome), int(expires), reason

    async def claim(self, approval_id: str) -> tuple[Claimed, str]:
        """Keeps other approvers out for CLAIM_SECONDS; the token decides or releases."""
        token = secrets.token_hex(8)
        async with _bounded():
            outcome = await self._claim(keys=[RECORD + approval_id], args=[token, CLAIM_SECONDS])
        return cast("Claimed", outcome), token

    async def release(self, approval_id: str, token: str) -> None:
        async with _bounded():
            await self._release(keys=[RECORD + approval_id], args=[token])

    async def decide(self, approval: Approval, token: str, decision: Decision) -> bool:
        """Makes the decision effective; False when the claim was lost."""
        args = [token, decision.verdict, decision.by, decision.key_hash, decision.reason]
        async with _bounded():
            outcome = await self._decide(
                keys=[RECORD + approval.id, OPEN + approval.key_hash],
                args=[*args, self._approved_ttl, HISTORY_SECONDS],
            )
        return cast("str", outcome) == "decided"

    async def get(self, approval_id: str) -> Approval | None:
        async with _bounded():
            fields = await cast("Awaitable[dict[str, str]]", self._redis.hgetall(RECORD + approval_id))
        return from_fields(fields, time.time()) if "status" in fields else None

    async def recent(self, most: int) -> list[Approval]:
        """The newest approvals, newest first."""
        async with _bounded():
            ids = cast("list[str]", await self._redis.zrevrange(ALL, 0, most - 1))
            pipeline = self._redis.pipeline(transaction=False)
            for approval_id in ids:
                pipeline.hgetall(RECORD + approval_id)
            found = cast("list[dict[str, str]]", await pipeline.execute())
        now = time.time()
        return [from_fields(fields, now) for fields in found if "status" in fields]

    async def reserve_notice(self, approval_id: str, seconds: int) -> bool:
        """Whether this process may announce the approval; nobody else may for so many seconds."""
        async with _bounded():
            return bool(await self._redis.set(NOTIFIED + approval_id, "1", nx=True, ex=seconds))

    async def settle_notice(self, approval_id: str) -> None:
        """The approval is announced, or was given up: never again."""
        async with _bounded():
            await self._redis.set(NOTIFIED + approval_id, "1", ex=self._ttl + HISTORY_SECONDS)

    async def ping(self) -> None:
        async with _bounded():
            await self._redis.ping()
