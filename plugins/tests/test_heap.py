"""What is loaded when the gateway's start is done, is out of the garbage collector's way from then on."""

import asyncio
import gc
from collections.abc import Iterator

import pytest
from cerberus_gateway import heap
from cerberus_gateway.heap import SettledHeap
from starlette.types import Message, Receive, Scope, Send


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


def frozen_after(kind: str, said: str) -> tuple[int, list[Message]]:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        await send({"type": said})

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(SettledHeap(app)({"type": kind, "path": "/v1/models"}, receive, send))
    return gc.get_freeze_count(), sent


def test_a_start_that_is_done_settles_the_heap() -> None:
    frozen, sent = frozen_after("lifespan", "lifespan.startup.complete")
    assert frozen > 1_000
    assert sent == [{"type": "lifespan.startup.complete"}]


@pytest.mark.parametrize(
    ("kind", "said"), [("lifespan", "lifespan.startup.failed"), ("http", "lifespan.startup.complete")]
)
def test_nothing_else_does(kind: str, said: str) -> None:
    assert frozen_after(kind, said) == (0, [{"type": said}])


def test_what_the_first_requests_load_is_settled_once_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "FIRST_REQUESTS", 2)
    frozen: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        pass

    async def requests() -> None:
        settled = SettledHeap(app)
        for path in ("/v1/models", "/health/readiness", "/v1/models", "/v1/models", "/v1/models"):
            await settled({"type": "http", "path": path}, app, app)  # type: ignore[arg-type]
            frozen.append(gc.get_freeze_count())
            gc.unfreeze()

    asyncio.run(requests())
    assert [count > 0 for count in frozen] == [False, False, True, False, False]
