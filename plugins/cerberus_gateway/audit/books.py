"""LiteLLM's books of a call come after its answer.

They take milliseconds of the only thread (spend, counters, logs), which LiteLLM begins before the answer is sent: they
would be written while the answer's line is on its way to the disk, and the client would wait for them.
"""

from collections.abc import Coroutine
from contextvars import copy_context
from functools import partial
from typing import Any, Protocol

from cerberus_gateway.audit.open_requests import state
from cerberus_gateway.record import current

type Books = Coroutine[Any, Any, object]


class Worker(Protocol):
    """What is used of LiteLLM's logging worker. It runs the books in the context in which they were handed to it."""

    def enqueue(self, coroutine: Books) -> None: ...


def come_after_answers(worker: Worker) -> None:
    """Has the worker given the books of each call only when its answer is out, or waits for them."""
    enqueue = worker.enqueue

    def held_back(coroutine: Books) -> None:
        record = current.get()
        opened = None if record is None else state.requests.get(record.call_id)
        if opened is None or not opened.hold(partial(copy_context().run, enqueue, coroutine)):
            enqueue(coroutine)

    worker.enqueue = held_back  # type: ignore[method-assign]
