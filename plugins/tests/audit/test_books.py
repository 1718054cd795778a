"""What LiteLLM does for its own books comes after the client's answer, which is being committed meanwhile."""

import asyncio

import pytest
from cerberus_gateway.audit import callback
from cerberus_gateway.audit.callback import AuditCallback
from starlette.types import Receive, Scope, Send

from tests.audit.asgi import PRICED, App, Log, answers, call, streams

LOGGED = {"response_cost": 0.25}


def booked(log: Log, answer: App, books: list[asyncio.Task[None]]) -> App:
    """An app whose books are kept in the background, as LiteLLM's are."""

    async def keep(call_id: str) -> None:
        kwargs = {"litellm_call_id": call_id, "standard_logging_object": LOGGED}
        await AuditCallback().async_logging_hook(kwargs, None, "acompletion")
        log.happened.append("books")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        books.append(asyncio.create_task(keep(dict(scope["headers"])[b"x-litellm-call-id"].decode())))
        await asyncio.sleep(0.01)
        await answer(scope, receive, send)

    return app


@pytest.mark.parametrize("answer", [answers(b"{}", headers=PRICED), streams(b"data: 1\n\n", b"data: [DONE]\n\n")])
async def test_they_wait_until_all_of_it_is_sent(answer: App) -> None:
    log, books = Log(), list[asyncio.Task[None]]()
    await call(booked(log, answer, books), log)
    await asyncio.gather(*books)
    assert log.happened[-2:] == ["sent body", "books"]
    assert log.lines[-1].data["cost_usd"] in {0.5, 0.25}


async def test_they_do_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "ANSWER_FIRST_SECONDS", 0.001)
    log, books = Log(), list[asyncio.Task[None]]()
    await call(booked(log, answers(b"{}", headers=PRICED), books), log)
    await asyncio.gather(*books)
    assert log.happened[0] == "books"


async def test_a_call_of_no_open_request_waits_for_nothing() -> None:
    async with asyncio.timeout(0.05):
        await AuditCallback().async_logging_hook({"litellm_call_id": "of its own"}, None, "acompletion")
