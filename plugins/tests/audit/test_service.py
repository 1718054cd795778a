"""Client and writer together, in one process: what is durable, what is refused, what comes back after an outage."""

import asyncio
import errno
import os
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from cerberus_gateway.audit import client, committer, sessions
from cerberus_gateway.audit.client import AuditClient, AuditUnavailable
from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.service import Service
from cerberus_gateway.settings import Audit, Redis, Settings

from tests.audit.support import TOKEN, free_port, open_journal, read_log


class Stack:
    """A writer that can be stopped and started, on one port and one log."""

    def __init__(self, directory: Path, when_unavailable: str, wait_seconds: float) -> None:
        self.directory = directory
        self.port, self.metrics_port = free_port(), free_port()
        audit = {"host": "127.0.0.1", "port": self.port, "when_unavailable": when_unavailable}
        self.settings = Settings(
            stack="test",
            image="image",
            config_hash="hash",
            audit=Audit(**audit, wait_seconds=wait_seconds, content="digest"),  # type: ignore[arg-type]
            approvals=None,
            redis=Redis(host="redis", port=6379),
        )

    async def start(self) -> None:
        self.journal = open_journal(self.directory)
        self.service = Service(self.journal, TOKEN)
        await self.service.start(self.port, self.metrics_port, None)
        self._task = asyncio.create_task(self.service.run())

    async def stop(self) -> None:
        self.service.stop()
        await self._task

    @asynccontextmanager
    async def connected(self, name: str, token: str = TOKEN) -> AsyncIterator[AuditClient]:
        connection = AuditClient(self.settings, name, token)
        connection.start()
        await connection.ready()
        yield connection
        await connection.stop()

    def types(self) -> list[str]:
        return [line["event_type"] for line in read_log(self.directory)]


@asynccontextmanager
async def running(directory: Path, when: str = "refuse", wait_seconds: float = 5) -> AsyncIterator[Stack]:
    stack = Stack(directory, when, wait_seconds)
    await stack.start()
    yield stack
    await stack.stop()


async def test_a_line_is_on_the_disk_when_the_call_returns(tmp_path: Path) -> None:
    async with running(tmp_path) as stack, stack.connected("litellm-1") as one:
        await one.outcome(Line("chat_completion_success", {"model": "m"}, "call-1"))
        text = (tmp_path / "litellm_audit.jsonl").read_text()
        assert '"id":"call-1"' in text
        assert '"replica":"litellm-1"' in text


async def test_lines_of_two_replicas_keep_their_order_and_none_is_written_twice(tmp_path: Path) -> None:
    async with running(tmp_path) as stack, stack.connected("a") as one, stack.connected("b") as two:
        for number in range(20):
            sent = [c.outcome(Line("other_success", {}, f"{c.name}-{number}")) for c in (one, two, one)]
            await asyncio.gather(*sent)
    ids = [line["id"] for line in read_log(tmp_path) if line["event_type"] == "other_success"]
    for name in ("a", "b"):
        assert [line_id for line_id in ids if line_id.startswith(name)] == [f"{name}-{n}" for n in range(20)]


async def test_without_a_writer_a_line_is_refused_in_time_and_not_written_later(tmp_path: Path) -> None:
    async with running(tmp_path, wait_seconds=0.3) as stack, stack.connected("litellm-1") as one:
        await stack.stop()
        with pytest.raises(AuditUnavailable):
            await one.outcome(Line("other_success", {}, "call-1"))
        assert not await one.ready()
        await stack.start()
        await asyncio.sleep(0.5)
        assert await one.ready()
        await one.outcome(Line("other_success", {}, "call-2"))
    ids = [line["id"] for line in read_log(tmp_path)]
    assert "call-1" not in ids
    assert "call-2" in ids


async def test_a_line_survives_a_restart_of_the_writer(tmp_path: Path) -> None:
    async with running(tmp_path) as stack, stack.connected("litellm-1") as one:
        await stack.stop()
        waiting = asyncio.create_task(asyncio.wait_for(one.outcome(Line("other_success", {}, "call-1")), 5))
        await asyncio.sleep(0.1)
        await stack.start()
        await waiting
    assert "other_success" in stack.types()


async def test_lines_go_out_even_if_the_writer_answers_before_the_connection_is_handed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    connect = loop.create_connection

    async def slowly(*arguments: Any) -> Any:  # noqa: ANN401 - as asyncio's
        connection = await connect(*arguments)
        await asyncio.sleep(0.3)
        return connection

    async with running(tmp_path) as stack:
        connection = AuditClient(stack.settings, "litellm-1", TOKEN)
        monkeypatch.setattr(loop, "create_connection", slowly)
        connection.start()
        await asyncio.wait_for(connection.outcome(Line("other_success", {}, "call-1")), 0.25)
        await connection.stop()
    assert "other_success" in stack.types()


async def test_where_requests_may_pass_unlogged_lines_wait_and_losses_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_PENDING", 3)
    async with running(tmp_path, "allow", 0.2) as stack, stack.connected("litellm-1") as one:
        await stack.stop()
        await asyncio.sleep(0.05)
        for number in range(5):
            await one.outcome(Line("other_success", {}, f"call-{number}"))
        await stack.start()
        await asyncio.sleep(0.6)
        assert await one.ready()
    found = read_log(tmp_path)
    assert [line["id"] for line in found if line["event_type"] == "other_success"] == ["call-0", "call-1", "call-2"]
    losses = [line["data"]["lost_lines"] for line in found if line["event_type"] == "audit_unavailable"]
    assert losses == [2]


async def test_a_wrong_token_gets_nobody_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with running(tmp_path, wait_seconds=0.3) as stack, stack.connected("litellm-1", "wrong") as one:
        assert not one.connected
        with pytest.raises(AuditUnavailable):
            await one.event("other_success", {})
    said = capsys.readouterr().err
    assert "the token isn't this stack's AUDIT_TOKEN" in said
    assert TOKEN not in said


async def test_a_full_disk_is_told_and_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with running(tmp_path) as stack, stack.connected("litellm-1") as one:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", full)
            waiting = asyncio.create_task(asyncio.wait_for(one.outcome(Line("other_success", {}, "call-1")), 10))
            await asyncio.sleep(0.3)
            assert not waiting.done()
            assert not one.connected
            assert b"503" in await get(stack.metrics_port, "/healthz")
        await waiting
        assert await one.ready()
        assert b"200 OK" in await get(stack.metrics_port, "/healthz")
    found = read_log(tmp_path)
    assert [line["id"] for line in found].count("call-1") == 1
    assert {"could_not_write": "No space left on device"}.items() <= next(
        line["data"] for line in reversed(found) if line["event_type"] == "log_opened"
    ).items()


async def test_only_a_slow_disk_is_waited_for_in_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really, slow, in_loop = os.fdatasync, list[float](), list[bool]()

    def sync(fd: int) -> None:
        time.sleep(slow.pop() if slow else 0)
        in_loop.append(threading.current_thread() is threading.main_thread())
        really(fd)

    monkeypatch.setattr(committer, "QUICK_SECONDS", 0.25)
    async with running(tmp_path) as stack, stack.connected("litellm-1") as one:
        monkeypatch.setattr(os, "fdatasync", sync)
        for seconds in (0.0, 0.0, 0.3, 0.3, 0.0, 0.0):
            slow.append(seconds)
            await one.event("other_success", {})
    assert in_loop[1:6] == [True, True, False, False, True]


async def test_a_replica_that_is_gone_has_its_calls_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "GRACE_SECONDS", 0.2)
    async with running(tmp_path) as stack:
        async with stack.connected("gone") as one, stack.connected("back") as two:
            await one.started(Line("response_started", {"model": "m"}, "call-1:started"))
            await two.started(Line("response_started", {"model": "m"}, "call-2:started"))
            assert (await metric(stack, "cerberus_audit_open_calls")) == "2"
        async with stack.connected("back"):
            await asyncio.sleep(0.4)
    ended = {line["id"]: line["event_type"] for line in read_log(tmp_path)}
    assert ended["call-1"] == "response_interrupted"
    assert ended["call-2"] == "response_interrupted"


async def test_the_metrics_say_where_the_log_stands(tmp_path: Path) -> None:
    async with running(tmp_path) as stack, stack.connected("litellm-1") as one:
        await one.event("other_success", {})
        assert await metric(stack, "cerberus_audit_seq") == "2"
        assert await metric(stack, f'cerberus_audit_head_info{{hash="{stack.journal.link.hash}"}}') == "1"
        assert await metric(stack, "cerberus_audit_commit_seconds_count") == "1"
        assert b"404" in await get(stack.metrics_port, "/other")


async def test_nonsense_ends_a_connection_and_nothing_else(tmp_path: Path) -> None:
    async with running(tmp_path) as stack, stack.connected("litellm-1") as one:
        for nonsense in (b"GET / HTTP/1.1\r\n\r\n", b"{}\n", b"x" * (3 << 20)):
            reader, writer = await asyncio.open_connection("127.0.0.1", stack.port)
            writer.write(nonsense)
            with suppress(ConnectionResetError):
                assert b'"ack"' not in await reader.read()
            writer.close()
        await one.event("other_success", {})


async def metric(stack: Stack, name: str) -> str:
    page = (await get(stack.metrics_port, "/metrics")).decode()
    return next(line.rsplit(" ", 1)[1] for line in page.splitlines() if line.startswith(f"{name} "))


async def get(port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer
