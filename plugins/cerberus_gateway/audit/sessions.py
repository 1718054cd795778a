"""Which processes are connected: a process that is gone for good owes no outcomes any more; they are sealed."""

import asyncio
from collections import Counter
from collections.abc import Callable

from cerberus_gateway.audit.lines import Seal

GRACE_SECONDS = 15.0
"""How long a process may be away before its open calls count as interrupted."""

type Process = tuple[str, str]
"""Replica name and instance."""


class Sessions:
    """Counts connections per process and orders seals. For the event loop's thread."""

    def __init__(self, order: Callable[[Seal], None]) -> None:
        self._order = order
        self._connections: Counter[Process] = Counter()
        self._timers: dict[Process, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        return self._connections.total()

    def expect(self, process: Process) -> None:
        """A process that owes outcomes must be heard of before the grace ends."""
        if not self._connections[process] and process not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[process] = loop.call_later(GRACE_SECONDS, self._gone, process)

    def joined(self, process: Process) -> None:
        if (timer := self._timers.pop(process, None)) is not None:
            timer.cancel()
        self._connections[process] += 1
        # A name is one process's at a time: whoever had it before is gone.
        self._order(Seal(process[0], survivor=process[1]))

    def left(self, process: Process) -> None:
        self._connections[process] -= 1
        if self._connections[process] <= 0:
            del self._connections[process]
            self.expect(process)

    def _gone(self, process: Process) -> None:
        del self._timers[process]
        self._order(Seal(process[0], instance=process[1]))
