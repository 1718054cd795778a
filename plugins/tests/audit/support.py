"""What several of these tests need: settings, a log in a directory, the real writer as a process."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import orjson
from cerberus_gateway.audit.files import LogDirectory, all_lines
from cerberus_gateway.audit.journal import Journal
from cerberus_gateway.audit.signing import Signer
from cerberus_gateway.settings import Settings, Writer, parse

from tests.audit.verifier import verify

KEY = "a signing key"
TOKEN = "a token"


def writer_settings(directory: Path, **changes: Any) -> Writer:  # noqa: ANN401 - any setting
    values: dict[str, Any] = {
        "directory": str(directory),
        "rotate_mib": 1,
        "rotate_days": 1,
        "retention_days": 180,
        "checkpoint_lines": 50,
        "checkpoint_seconds": 60,
        "metrics_port": 4701,
    }
    return Writer(**values | changes)


def open_journal(directory: Path, **changes: Any) -> Journal:  # noqa: ANN401 - any setting
    journal = Journal(writer_settings(directory, **changes), "test", Signer(KEY))
    journal.open()
    return journal


def read_log(directory: Path, *, with_head: bool = True) -> list[dict[str, Any]]:
    """Every line of a log, which must verify."""
    head_file = LogDirectory(directory).head
    head = orjson.loads(head_file.read_bytes()) if with_head else None
    return verify(all_lines(directory), head=head, public_key=Signer(KEY).public_key)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class WriterProcess:
    """The audit writer as it runs in its container: python3 -m cerberus_gateway.audit.writer."""

    def __init__(self, directory: Path, *, when_unavailable: str = "refuse", wait_seconds: float = 10.0) -> None:
        self.log = directory / "log"
        self.port, self.metrics_port = free_port(), free_port()
        self._file = directory / "cerberus.json"
        writer = writer_settings(self.log, metrics_port=self.metrics_port).model_dump()
        audit = {"host": "127.0.0.1", "port": self.port, "when_unavailable": when_unavailable}
        content = {
            "stack": "test",
            "image": "image",
            "config_hash": "hash",
            "audit": audit | {"wait_seconds": wait_seconds, "content": "digest"},
            "writer": writer,
            "approvals": None,
            "redis": {"host": "redis", "port": 6379},
        }
        self._file.write_bytes(orjson.dumps(content))
        self._process: asyncio.subprocess.Process | None = None

    @property
    def settings(self) -> Settings:
        return parse(self._file.read_text(), str(self._file))

    async def start(self) -> None:
        environment = os.environ | {
            "CERBERUS_SETTINGS": str(self._file),
            "AUDIT_TOKEN": TOKEN,
            "AUDIT_SIGNING_KEY": KEY,
        }
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cerberus_gateway.audit.writer", env=environment, stdout=asyncio.subprocess.DEVNULL
        )

    async def listening(self) -> None:
        """Waits until the writer takes connections."""
        async with asyncio.timeout(30):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    return

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        await self._process.wait()
