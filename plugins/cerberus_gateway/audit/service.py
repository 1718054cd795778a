"""The audit writer's network side: who may send lines, and what they are told."""

import asyncio
import hashlib
import hmac
from typing import Any

import orjson

from cerberus_gateway.audit import front_door, metrics
from cerberus_gateway.audit.committer import Answer, Committer
from cerberus_gateway.audit.journal import Journal
from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.sessions import Process, Sessions

MAX_LINE_BYTES = 1 << 20
HELLO_SECONDS = 5.0
MAX_OWN_WAITING = 10_000


class ProtocolError(Exception):
    """A peer said something no client of ours says."""


class Service:
    """Takes lines over TCP and answers when they are durable."""

    def __init__(self, journal: Journal, token: str) -> None:
        self.committer = Committer(journal, self._tell_all)
        self._sessions = Sessions(self.committer.put)
        self._token = hashlib.sha256(token.encode()).digest()
        self._peers: set[asyncio.StreamWriter] = set()
        self._servers: list[asyncio.Server] = []

    async def start(self, port: int, metrics_port: int, front_door_port: int | None) -> None:
        """Begins to listen. The journal is open.

        :raises OSError: when a port is taken
        """
        for process in self.committer.journal.intents.instances():
            self._sessions.expect(process)
        self._servers = [
            await asyncio.start_server(self._serve, "0.0.0.0", port, limit=MAX_LINE_BYTES),  # noqa: S104 - inside a container
            await metrics.serve(metrics_port, self._reading, self.committer.commits),
        ]
        if front_door_port is not None:
            await front_door.listen(front_door_port, self._put_own)

    async def run(self) -> None:
        """Serves until `stop`; returns when everything is written."""
        await self.committer.run()
        for peer in list(self._peers):
            peer.close()

    def stop(self) -> None:
        for server in self._servers:
            server.close()
        self.committer.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        process: Process | None = None
        try:
            process = await self._hello(reader)
            self._peers.add(writer)
            self._sessions.joined(process)
            writer.write(_state(self.committer.failure))
            while line := await reader.readline():
                await self.committer.space()
                number, content = _parse(line)
                self.committer.put(content, _answer(writer, number))
        except ProtocolError as error:
            writer.write(orjson.dumps({"error": str(error)}) + b"\n")
        except (OSError, ValueError, asyncio.IncompleteReadError):
            pass  # the peer is gone, or its line has no end: either way there is nobody to talk to
        finally:
            self._peers.discard(writer)
            if process is not None:
                self._sessions.left(process)
            writer.close()

    async def _hello(self, reader: asyncio.StreamReader) -> Process:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = orjson.loads(await reader.readline())
            token, name, instance = str(hello["token"]), str(hello["name"]), str(hello["instance"])
        except (TimeoutError, orjson.JSONDecodeError, KeyError, TypeError):
            message = "the first line must be a hello"
            raise ProtocolError(message) from None
        if not hmac.compare_digest(hashlib.sha256(token.encode()).digest(), self._token):
            message = "the token isn't this stack's AUDIT_TOKEN"
            raise ProtocolError(message)
        return name, instance

    def _put_own(self, line: Line) -> None:
        # These come from the network, unasked: they may not fill the memory while the disk is full.
        if len(self.committer) < MAX_OWN_WAITING:
            self.committer.put(line)

    def _tell_all(self, failure: str | None) -> None:
        for peer in self._peers:
            peer.write(_state(failure))

    def _reading(self) -> metrics.Reading:
        journal, committer = self.committer.journal, self.committer
        return metrics.Reading(
            healthy=committer.failure is None,
            seq=journal.link.seq,
            hash=journal.link.hash,
            lines=journal.lines_written,
            failures=committer.failures,
            queue=len(committer),
            connections=len(self._sessions),
            open_calls=len(journal.intents),
            disk_free_bytes=journal.log.free_bytes(),
            last_commit=committer.last_commit,
        )


def _parse(text: bytes) -> tuple[int, Line]:
    try:
        message: dict[str, Any] = orjson.loads(text)
        line = message["line"]
        content = Line(str(line["event_type"]), dict(line["data"]), str(line["id"]), str(line["timestamp"]))
        return int(message["n"]), content
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        problem = "a line must be {n, kind, line: {event_type, data, id, timestamp}}"
        raise ProtocolError(problem) from None


def _answer(writer: asyncio.StreamWriter, number: int) -> Answer:
    def answer(failure: str | None) -> None:
        if not writer.is_closing():
            writer.write(b'{"ack":%d}\n' % number if failure is None else _nack(number, failure))

    return answer


def _nack(number: int, failure: str) -> bytes:
    return orjson.dumps({"nack": number, "reason": failure}) + b"\n"


def _state(failure: str | None) -> bytes:
    return orjson.dumps({"state": "ok"} if failure is None else {"state": "failing", "reason": failure}) + b"\n"
