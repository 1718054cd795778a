"""A replica that stops refuses readiness, serves what still comes, and ends once the front door knows."""

import asyncio
import signal

import pytest
import uvicorn
from cerberus_gateway import drain as module
from cerberus_gateway.drain import CHECK_HEADER, READINESS, Drain, draining_exit
from starlette.types import Message, Receive, Scope, Send


async def app(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})


async def status(drain: Drain, path: str, *, check: bool = False) -> int:
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        said.append(message)

    headers = [(CHECK_HEADER, b"1")] if check else []
    await drain({"type": "http", "path": path, "headers": headers}, receive, send)
    return int(said[0]["status"])


class Stopped:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MARGIN_SECONDS", 0.01)


async def test_until_it_is_told_to_stop_nothing_is_changed() -> None:
    assert await status(Drain(app), READINESS, check=True) == 200


async def test_readiness_is_refused_and_all_else_served() -> None:
    drain = Drain(app)
    assert drain.begin(Stopped())
    assert [await status(drain, path) for path in (READINESS, "/v1/models")] == [503, 200]


async def test_it_stops_a_little_after_the_front_door_has_been_told_twice() -> None:
    drain, stopped = Drain(app), Stopped()
    drain.begin(stopped)
    for _ in range(3):
        await status(drain, READINESS)
    await status(drain, READINESS, check=True)
    await asyncio.sleep(0.05)
    assert stopped.times == 0
    await status(drain, READINESS, check=True)
    assert stopped.times == 0
    await asyncio.sleep(0.05)
    assert stopped.times == 1


async def test_without_a_front_door_it_stops_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_SECONDS", 0.02)
    stopped = Stopped()
    Drain(app).begin(stopped)
    await asyncio.sleep(0.1)
    assert stopped.times == 1


@pytest.mark.parametrize(("started", "signals", "exits"), [(True, 1, 0), (True, 2, 1), (False, 1, 1)])
async def test_a_second_signal_and_a_server_that_is_still_starting_stop_at_once(
    started: bool,  # noqa: FBT001
    signals: int,
    exits: int,
) -> None:
    seen: list[int] = []
    server = uvicorn.Server(uvicorn.Config(app))
    server.started = started
    stop = draining_exit(Drain(app), lambda _, sig, __: seen.append(sig))
    for _ in range(signals):
        stop(server, signal.SIGTERM, None)
    assert seen == [signal.SIGTERM] * exits
