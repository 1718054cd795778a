"""The requests being served, by call id: how LiteLLM's log hooks, which run in the background, find theirs.

This state lives here and nowhere else: LiteLLM may execute the module its config names a second time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from cerberus_gateway.audit.client import AuditClient
from cerberus_gateway.record import RequestRecord


@dataclass(slots=True)
class OpenRequest:
    """One request.

    `logged` is set when LiteLLM's log hook has said usage and cost, `books` when LiteLLM may begin to write its books;
    `streams` is called when a provider is asked for a stream.
    """

    record: RequestRecord
    streams: Callable[[], object] | None = None
    logged: asyncio.Event = field(default_factory=asyncio.Event)
    books: asyncio.Event = field(default_factory=asyncio.Event)


class State:
    """What this process shares between middleware and hooks. `client` is None where no audit log is kept."""

    client: AuditClient | None = None
    requests: dict[str, OpenRequest]

    def __init__(self) -> None:
        self.requests = {}


state = State()
