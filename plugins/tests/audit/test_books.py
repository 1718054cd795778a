"""What LiteLLM writes in its books of a call comes after the call's answer, unless the answer needs it."""

import asyncio

import pytest
from cerberus_gateway.audit import books
from cerberus_gateway.audit.open_requests import state
from cerberus_gateway.budgets.ledger import Reservation
from cerberus_gateway.budgets.spend import Spend
from cerberus_gateway.budgets.spend import current as spending
from starlette.types import Receive, Scope, Send

from tests.audit.asgi import PRICED, App, Log, answers, call, streams

PLAIN = answers(b"{}", headers=PRICED)


class Worker:
    """Stands in for LiteLLM's: runs at once what it is given, in the context of whoever gives it."""

    def __init__(self) -> None:
        self.tasks: list[asyncio.Task[None]] = []

    def enqueue(self, coroutine: books.Books) -> None:
        self.tasks.append(asyncio.ensure_future(coroutine))  # type: ignore[arg-type]


async def served(answer: App, *, spend: Spend | None = None, slow_seconds: float = 0.0) -> list[str]:
    """What happened, in its order, while a request was answered and its books were written."""
    log, worker = Log(), Worker()
    books.come_after_answers(worker)

    async def write(call_id: str) -> None:
        log.happened.append("books")
        if (opened := state.requests.get(call_id)) is not None:
            opened.logged.set()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        spending.set(spend)
        worker.enqueue(write(dict(scope["headers"])[b"x-litellm-call-id"].decode()))
        await asyncio.sleep(slow_seconds)
        await answer(scope, receive, send)

    await asyncio.create_task(call(app, log))
    await asyncio.gather(*worker.tasks)
    return log.happened


async def test_they_wait_until_the_answer_is_out() -> None:
    assert await served(PLAIN) == ["outcome", "sent start", "sent body", "books"]


async def test_they_do_not_wait_where_the_answer_waits_for_them() -> None:
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
    monkeypatch.setattr(books, "LONGEST_SECONDS", 0.001)
    assert (await served(PLAIN, slow_seconds=0.05))[0] == "books"


async def test_those_of_no_open_request_wait_for_nothing() -> None:
    worker, written = Worker(), asyncio.Event()
    books.come_after_answers(worker)

    async def write() -> None:
        written.set()

    worker.enqueue(write())
    async with asyncio.timeout(books.LONGEST_SECONDS / 2):
        await written.wait()
