"""Changes of approvals as they happen, for everybody who watches: one look at Redis a second, however many they are."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from cerberus_gateway.approvals.approval import Approval
from cerberus_gateway.approvals.store import Store, StoreUnavailableError

SECONDS = 1.0
MOST_LISTED = 500
MOST_WATCHERS = 50
MOST_WAITING = 1_000


class TooManyWatchersError(Exception):
    """All places to watch are taken."""


class Feed:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._watchers: set[asyncio.Queue[Approval]] = set()
        self._seen: dict[str, str] = {}

    async def run(self) -> None:
        """Looks for changes until cancelled."""
        while True:
            with suppress(StoreUnavailableError):
                await self._look()
            await asyncio.sleep(SECONDS)

    async def _look(self) -> None:
        recent = await self._store.recent(MOST_LISTED)
        changed = [approval for approval in recent if self._seen.get(approval.id) != approval.status]
        self._seen = {approval.id: approval.status for approval in recent}
        for approval in reversed(changed):
            for queue in self._watchers:
                with suppress(asyncio.QueueFull):
                    queue.put_nowait(approval)

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[Approval]]:
        """A queue of every approval whose status changes from now on."""
        if len(self._watchers) >= MOST_WATCHERS:
            message = f"{MOST_WATCHERS} watch already"
            raise TooManyWatchersError(message)
        queue: asyncio.Queue[Approval] = asyncio.Queue(MOST_WAITING)
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)
