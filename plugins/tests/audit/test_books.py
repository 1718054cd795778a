"""What LiteLLM writes in its books of a call comes after the call's answer, unless the answer needs it."""

import asyncio

import pytest
from cerberus_gateway.audit import books, open_requests
from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.open_requests import state
from cerberus_gateway.budgets.ledger import Reservation
from cerberus_gateway.budgets.spend import Spend
from cerberus_gateway.budgets.spend import current as spending
from litellm.litellm_core_utils.logging_worker import LoggingWorker
from starlette.types import Receive, Scope, Send

from tests.audit.asgi import PRICED, App, Log, answers, call, streams

PLAIN = answers(b"{}", headers=PRICED)


class SlowLog(Log):
    """Takes some turns of the loop to make an outcome durable, as a disk does."""

    async def outcome(self, line: Line) -> None:
        await asyncio.sleep(0.02)
        await super().outcome(line)


async def served(answer: App, *, spend: Spend | None = None, slow_seconds: float = 0.0) -> list[str]:
    """What happened, in its order, while a request was answered and its books were written."""
    log, worker, written = SlowLog(), LoggingWorker(), asyncio.Event()
    books.come_after_answers(worker)

    async def write(call_id: str) -> None:
        log.happened.append("books")
        if (opened := state.requests.get(call_id)) is not None:
            opened.logged.set()
        written.set()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        spending.set(spend)
        worker.ensure_initialized_and_enqueue(write(dict(scope["headers"])[b"x-litellm-call-id"].decode()))
        await asyncio.sleep(slow_seconds)
        await answer(scope, receive, send)

    await asyncio.create_task(call(app, log))
    await written.wait()
    await worker.stop()
    return log.happened


async def test_they_wait_until_the_answer_is_out() -> None:
    assert await served(PLAIN) == ["outcome", "sent start", "sent body", "books"]


async def test_they_do_not_wait_where_the_answer_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_requests, "BOOKS_SECONDS", 60.0)
    unpriced = answers(b"{}")
    assert (await served(unpriced))[0] == "books"
    streamed = await served(streams(b"data: 1\n\n", b"data: [DONE]\n\n"))
    assert streamed.index("books") < streamed.index("outcome")


@pytest.mark.parametrize("settled", [True, False])
async def test_nor_where_a_reservation_is_still_open(*, settled: bool) -> None:
    spend = Spend(reservations=[Reservation("a|1", 1.0, ())], settled=settled)
    happened = await served(PLAIN, spend=spend)
    assert happened.index("books") == (3 if settled else 0)


async def test_nor_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_requests, "BOOKS_SECONDS", 0.001)
    assert (await served(PLAIN, slow_seconds=0.05))[0] == "books"


async def test_those_of_no_open_request_wait_for_nothing() -> None:
    worker, written = LoggingWorker(), asyncio.Event()
    books.come_after_answers(worker)

    async def write() -> None:
        written.set()

    worker.ensure_initialized_and_enqueue(write())
    async with asyncio.timeout(open_requests.BOOKS_SECONDS / 2):
        await written.wait()
    await worker.stop()
