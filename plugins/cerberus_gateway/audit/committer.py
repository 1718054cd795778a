"""Group commit: everything that is waiting goes to the disk together, and is answered together."""

import asyncio
import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from cerberus_gateway.audit.journal import Journal
from cerberus_gateway.audit.lines import Item, Line, Seal
from cerberus_gateway.audit.metrics import Histogram

MAX_WAITING = 20_000
"""Lines that may wait; further ones stay in their connections."""
RETRY_SECONDS = 0.5
TICK_SECONDS = 1.0
PRUNE_SECONDS = 3600.0
QUICK_SECONDS = 0.005
"""A disk that took less the last time is waited for in the loop: to a thread and back takes longer than the disk."""

type Answer = Callable[[str | None], None]
"""Told None when the line is durable, else why it isn't."""


@dataclass(frozen=True, slots=True)
class Waiting:
    item: Item
    answer: Answer | None
    """None for the writer's own lines, which are kept until they are in."""


class Committer:
    """Owns the journal while the writer runs. All methods are for the event loop's thread."""

    def __init__(self, journal: Journal, on_state: Callable[[str | None], None]) -> None:
        """:param on_state: told why nothing can be written, and None when it can again"""
        self.journal = journal
        self.commits = Histogram()
        self.failure: str | None = None
        self.failures = 0
        self.last_commit = 0.0
        self._took = QUICK_SECONDS
        self._on_state = on_state
        self._queue: deque[Waiting] = deque()
        self._wake = asyncio.Event()
        self._space = asyncio.Event()
        self._space.set()
        self._thread = ThreadPoolExecutor(1, "journal")
        self._maintained_at = self._pruned_at = time.monotonic() - PRUNE_SECONDS
        self._compressing: asyncio.Task[None] | None = None
        self._stopping = False

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, item: Item, answer: Answer | None = None) -> None:
        self._queue.append(Waiting(item, answer))
        self._wake.set()
        if len(self._queue) >= MAX_WAITING:
            self._space.clear()

    async def space(self) -> None:
        """Waits until a line may be put: what makes senders wait while the disk is slow."""
        await self._space.wait()

    async def run(self) -> None:
        """Commits until `stop`; what is waiting then is written first."""
        while not (self._stopping and not self._queue):
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            written = await self._commit_waiting()
            if time.monotonic() - self._maintained_at >= TICK_SECONDS:
                await self._maintain()
            if not written:
                if self._stopping:
                    return
                self._wake.set()
                await asyncio.sleep(RETRY_SECONDS)
        await self._in_thread(self.journal.close)

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def _take(self) -> list[Waiting]:
        """All that waits; an order to seal goes alone, since it depends on what was committed before it."""
        batch: list[Waiting] = []
        while self._queue and not (batch and isinstance(self._queue[0].item, Seal)):
            batch.append(self._queue.popleft())
            if isinstance(batch[0].item, Seal):
                break
        return batch

    async def _commit_waiting(self) -> bool:
        """Writes all that waits; False when the disk refused."""
        while self._queue:
            batch = self._take()
            started = time.perf_counter()
            try:
                written = await self._commit([waiting.item for waiting in batch])
            except OSError as error:
                self._took = QUICK_SECONDS
                self._failed(batch, error.strerror or type(error).__name__)
                return False
            finally:
                if len(self._queue) < MAX_WAITING:
                    self._space.set()
            if written:
                self._took = time.perf_counter() - started
                self.commits.observe(self._took)
                self.last_commit = time.time()
            if self.failure is not None:
                self._state(None)
            for waiting in batch:
                if waiting.answer is not None:
                    waiting.answer(None)
        return True

    async def _maintain(self) -> None:
        self._maintained_at = time.monotonic()
        try:
            await self._in_thread(self.journal.maintain)
            if time.monotonic() - self._pruned_at >= PRUNE_SECONDS:
                self._pruned_at = time.monotonic()
                await self._in_thread(self.journal.prune)
        except OSError as error:
            self._failed([], error.strerror or type(error).__name__)
        try:
            await self._in_thread(self.journal.write_head)
        except OSError:
            self.failures += 1
        if self._compressing is None or self._compressing.done():
            self._compressing = asyncio.create_task(asyncio.to_thread(self.journal.log.compress))

    async def _commit(self, items: list[Item]) -> int:
        if self._took < QUICK_SECONDS:
            return self.journal.commit(items)
        return await self._in_thread(partial(self.journal.commit, items))

    async def _in_thread[T](self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _failed(self, batch: list[Waiting], problem: str) -> None:
        self.failures += 1
        own = [waiting for waiting in batch if waiting.answer is None]
        self._queue.extendleft(reversed(own))
        for waiting in batch:
            if waiting.answer is not None:
                waiting.answer(problem)
        if self.failure is None:
            # The line that ends the outage is tried again and again, so it ends without anybody asking.
            self.put(Line("log_opened", {"could_not_write": problem, "public_key": self.journal.public_key}))
        if self.failure != problem:
            self._state(problem)

    def _state(self, failure: str | None) -> None:
        self.failure = failure
        text = (
            "written again" if failure is None else f"NOT written: {failure}. Requests are answered as the stack says."
        )
        print(f"audit: {self.journal.log.active} is {text}", file=sys.stderr, flush=True)  # noqa: T201 - the service's log
        self._on_state(failure)
