"""LiteLLM is served behind the log, or not at all; the log begins and ends with it."""

import sys
from typing import Any

import pytest
import uvicorn
from cerberus_gateway import proxy, settings
from cerberus_gateway.audit import books
from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.open_requests import state
from cerberus_gateway.budgets.edge import BudgetEdge
from cerberus_gateway.drain import Drain
from cerberus_gateway.guarded_start import GuardedStart
from cerberus_gateway.heap import SettledHeap
from cerberus_gateway.safety.edge import SafetyEdge
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from starlette.types import Message, Receive, Scope, Send


class Client:
    """Notes what is said to the log."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def start(self) -> None:
        self.said.append("start")

    def post(self, line: Line) -> None:
        self.said.append(line.event_type)

    async def event(self, event_type: str, data: dict[str, Any]) -> None:
        del data
        self.said.append(event_type)

    async def stop(self) -> None:
        self.said.append("stop")


async def test_the_log_begins_and_ends_with_the_server() -> None:
    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    client = Client()

    async def send(message: Message) -> None:
        client.said.append(message["type"])

    await proxy.AuditedApp(app, client)({"type": "lifespan"}, receive, send)  # type: ignore[arg-type]
    assert client.said == [
        "start",
        "gateway_started",
        "lifespan.startup.complete",
        "gateway_stopped",
        "stop",
        "lifespan.shutdown.complete",
    ]


SAFE = [SafetyEdge, BudgetEdge, GuardedStart]


@pytest.mark.parametrize(("with_log", "wrapped"), [(True, [proxy.AuditedApp, *SAFE]), (False, SAFE)])
def test_litellms_app_is_served_wrapped(
    with_log: bool,  # noqa: FBT001
    wrapped: list[type],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apps: list[Any] = []
    monkeypatch.setattr(uvicorn.Server, "handle_exit", uvicorn.Server.handle_exit)
    monkeypatch.setattr(uvicorn, "run", lambda app, **_: apps.append(app))
    monkeypatch.setattr(state, "client", None)
    held_back: list[object] = []
    monkeypatch.setattr(books, "come_after_answers", held_back.append)
    proxy.gateway_run(Client() if with_log else None)(proxy.LITELLM_APP, workers=1, port=4000)  # type: ignore[arg-type]
    assert len(apps) == 1
    assert layers(apps[0]) == [Drain, SettledHeap, *wrapped]
    assert held_back == ([GLOBAL_LOGGING_WORKER] if with_log else [])


def layers(app: object) -> list[type]:
    return [type(app), *layers(app._app)] if hasattr(app, "_app") else []


@pytest.mark.parametrize(("app", "workers", "why"), [("other:app", 1, "adapt"), (proxy.LITELLM_APP, 2, "2 workers")])
def test_another_app_or_more_workers_are_not_served(
    app: str, workers: int, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uvicorn, "run", lambda *_, **__: pytest.fail("served"))
    with pytest.raises(SystemExit, match=why):
        proxy.gateway_run(None)(app, workers=workers)


@pytest.mark.parametrize("flag", proxy.UNWRAPPED)
def test_servers_that_would_pass_the_log_by_are_refused(flag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "load", lambda: None)
    monkeypatch.setattr(sys, "argv", ["proxy", "--config", "x", flag])
    with pytest.raises(SystemExit, match=flag):
        proxy.main()
