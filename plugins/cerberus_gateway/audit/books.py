"""LiteLLM's books of a call come after its answer.

They take milliseconds of the only thread (spend, counters, logs), which LiteLLM begins before the answer is sent: they
would be written while the answer's line is on its way to the disk, and the client would wait for them.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Protocol

from cerberus_gateway.audit.open_requests import state
from cerberus_gateway.record import current

LONGEST_SECONDS = 0.1
"""Longest that they wait: a call may be one of many that an answer needs."""

type Books = Coroutine[Any, Any, object]


class Worker(Protocol):
    """What is used of LiteLLM's logging worker. It runs the books in the context of the request that they are of."""

    def enqueue(self, coroutine: Books) -> None: ...


def come_after_answers(worker: Worker) -> None:
    """Has the worker wait with the books of each call, until its answer is out or waits for them."""
    enqueue = worker.enqueue

    def held_back(coroutine: Books) -> None:
        enqueue(_after_answer(coroutine))

    worker.enqueue = held_back  # type: ignore[method-assign]


async def _after_answer(books: Books) -> None:
    record = current.get()
    opened = None if record is None else state.requests.get(record.call_id)
    if opened is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SECONDS):
                await opened.books.wait()
    await books
