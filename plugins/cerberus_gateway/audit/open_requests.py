"""The requests being served, by call id: how LiteLLM's log hooks, which run in the background, find theirs.

This state lives here and nowhere else: LiteLLM may execute the module its config names a second time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from cerberus_gateway.audit.client import AuditClient
from cerberus_gateway.record import RequestRecord

BOOKS_SECONDS = 0.1
"""Longest that LiteLLM's books wait for an answer: a call may be one of many that an answer needs."""


@dataclass(slots=True)
class OpenRequest:
    """One request.

    `logged` is set when LiteLLM's log hook has said usage and cost; `streams` is called when a provider is asked for a
    stream; `books` are what LiteLLM will write in its books, None when it may do so at once.
    """

    record: RequestRecord
    streams: Callable[[], object] | None = None
    logged: asyncio.Event = field(default_factory=asyncio.Event)
    books: list[Callable[[], None]] | None = field(default_factory=list)

    def hold(self, write: Callable[[], None]) -> bool:
        """Keeps books back; False where they may be written at once."""
        if self.books is None:
            return False
        if not self.books:
            asyncio.get_running_loop().call_later(BOOKS_SECONDS, self.write_books)
        self.books.append(write)
        return True

    def write_books(self) -> None:
        """Lets LiteLLM write what was held back, and what is still to come."""
        held, self.books = self.books, None
        for write in held or ():
            write()


class State:
    """What this process shares between middleware and hooks. `client` is None where no audit log is kept."""

    client: AuditClient | None = None
    requests: dict[str, OpenRequest]

    def __init__(self) -> None:
        self.requests = {}


state = State()
