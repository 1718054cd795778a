"""The log itself: numbers, hashes, signs and commits lines, and rotates files. Used by one thread at a time."""

import fcntl
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cerberus_gateway.audit import chain
from cerberus_gateway.audit.active import ActiveFile
from cerberus_gateway.audit.canonical import dumps, timestamp
from cerberus_gateway.audit.files import LogDirectory
from cerberus_gateway.audit.head import Head
from cerberus_gateway.audit.intents import Intents
from cerberus_gateway.audit.lines import Item, Line, Seal
from cerberus_gateway.audit.recovery import Recovered, recover, rotated_line
from cerberus_gateway.audit.retention import expired
from cerberus_gateway.audit.signing import Signer, checkpoint_text
from cerberus_gateway.settings import Writer


class InUseError(Exception):
    """Another process writes this log."""


@dataclass(slots=True)
class Batch:
    """Lines numbered and hashed, not yet in the file."""

    text: bytearray
    lines: list[Line]
    seq: int
    prev: str


class Journal:
    """An open log. After an OSError everything is as before the call, and the call may be made again."""

    def __init__(self, settings: Writer, stack: str, signer: Signer) -> None:
        self._settings = settings
        self._stack = stack
        self._signer = signer
        self.log = LogDirectory(Path(settings.directory))
        self.intents = Intents()
        self.head = Head(self.log, stack, signer)
        self.lines_written = 0
        self._recent: set[str] = set()
        self._older: set[str] = set()
        self._owed: list[Line] = []
        self._unsigned = 0
        self._signed_at = time.monotonic()

    @property
    def public_key(self) -> str:
        return self._signer.public_key

    @property
    def link(self) -> chain.Link:
        """The last line that is durable."""
        return chain.Link(self._seq, self._prev)

    def open(self) -> None:
        """Takes the log over: mends what a crash left and says so in the log.

        :raises InUseError: when another process has it open
        :raises OSError: when the directory or the disk doesn't let us; may be called again
        """
        self.log.path.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.log.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            message = f"{self.log.path}: another audit writer has this log open. Stop it first."
            raise InUseError(message) from None
        try:
            found = recover(self.log)
            self._active = ActiveFile(self.log.active)
            self._take_over(found)
        except OSError:
            os.close(self._lock)
            raise

    def _take_over(self, found: Recovered) -> None:
        self._seq, self._prev = found.link.seq, found.link.hash
        self._recent, self._older = found.recent, found.older
        self.intents = found.intents
        self._first_seq, self._first_day = found.first_seq, _day(found.first_timestamp)
        data: dict[str, Any] = {"public_key": self._signer.public_key, "open_calls": len(self.intents)}
        if (problem := self.head.compare(found.link, found.hashes)) is not None:
            data["head_problem"] = problem
        if found.damaged:
            data["damaged_lines"] = found.damaged
        self._owed = [*found.owed, Line("log_opened", data)]
        self.commit([])
        for path in self.log.torn():
            path.unlink()

    def commit(self, items: Iterable[Item], *, sign: bool = False) -> int:
        """Makes items durable; those that are in the log already are left out.

        :param sign: adds a checkpoint, whatever is due
        :returns: how many lines were written
        :raises OSError: and then none of them is in the log
        """
        if self._rotation_due():
            self._rotate()
        batch = self._number(items)
        unsigned = self._unsigned + len(batch.lines)
        if (sign and unsigned) or (batch.lines and unsigned >= self._settings.checkpoint_lines):
            self._add(batch, self._checkpoint(batch))
        if not batch.lines:
            return 0
        self._active.append(bytes(batch.text))
        self._settle(batch)
        return len(batch.lines)

    def maintain(self) -> None:
        """What time brings: checkpoints and a new file. Call it about once a second."""
        overdue = time.monotonic() - self._signed_at >= self._settings.checkpoint_seconds
        self.commit([], sign=overdue and self._unsigned > 0)

    def write_head(self) -> None:
        """Brings the head file up to date.

        :raises OSError: when it can't be written; the log itself is none the worse for it
        """
        self.head.write(self.link, durable=False)

    def prune(self) -> None:
        """Removes finished files that are older than they have to be kept; the log says so first."""
        for path, line in expired(self.log, self._settings.retention_days):
            self.commit([line])
            self.log.remove(path)

    def close(self) -> None:
        """Ends the log for now, with a checkpoint and an up-to-date head."""
        self.commit([Line("log_closed", {"open_calls": len(self.intents)})], sign=True)
        self.head.write(self.link, durable=True)
        self._active.close()
        os.close(self._lock)

    def _number(self, items: Iterable[Item]) -> Batch:
        batch = Batch(bytearray(), [], self._seq, self._prev)
        fresh: set[str] = set()
        for line in self._lines(items):
            if line.id in self._recent or line.id in self._older or line.id in fresh:
                continue
            fresh.add(line.id)
            self._add(batch, line)
        return batch

    def _lines(self, items: Iterable[Item]) -> Iterable[Line]:
        yield from self._owed
        for item in items:
            if isinstance(item, Seal):
                yield from self.intents.lines(item)
            else:
                yield self.intents.renamed(item)

    def _add(self, batch: Batch, line: Line) -> None:
        batch.seq += 1
        body = dumps(
            {
                "data": line.data,
                "event_type": line.event_type,
                "id": line.id,
                "prev": batch.prev,
                "seq": batch.seq,
                "stack": self._stack,
                "timestamp": line.timestamp,
                "v": 1,
            }
        )
        text, batch.prev = chain.seal(body)
        batch.text += text
        batch.lines.append(line)

    def _checkpoint(self, batch: Batch) -> Line:
        now = timestamp()
        text = checkpoint_text(self._stack, batch.seq + 1, batch.prev, now)
        data = {
            "lines": self._unsigned + len(batch.lines),
            "head": batch.prev,
            "signature": self._signer.sign(text),
            "public_key": self._signer.public_key,
        }
        return Line("checkpoint", data, timestamp=now)

    def _settle(self, batch: Batch) -> None:
        if self._first_seq is None:
            self._first_seq, self._first_day = self._seq + 1, _day(batch.lines[0].timestamp)
        self._seq, self._prev = batch.seq, batch.prev
        self.lines_written += len(batch.lines)
        self._owed = []
        for line in batch.lines:
            self._recent.add(line.id)
            self.intents.see(line.event_type, line.id, line.data)
        if batch.lines[-1].event_type == "checkpoint":
            self._unsigned, self._signed_at = 0, time.monotonic()
        else:
            self._unsigned += len(batch.lines)

    def _rotation_due(self) -> bool:
        if self._first_seq is None or self._owed:
            return False
        old = _day() - self._first_day >= self._settings.rotate_days
        return old or self._active.size >= self._settings.rotate_mib << 20

    def _rotate(self) -> None:
        """Starts a new file. The line that tells of it is owed to the new one until it is written."""
        first_seq = self._first_seq or 1
        path = self.log.finished_name(first_seq)
        self._active.path.rename(path)
        try:
            fresh = ActiveFile(self.log.active)
        except OSError:
            path.rename(self._active.path)
            raise
        self._active.close()
        self._active = fresh
        self._owed = [rotated_line(path.name, first_seq, self.link)]
        self._first_seq = None
        self._older, self._recent = self._recent, set()


def _day(moment: str | None = None) -> int:
    """A moment's day, counted from year 1; today's without one."""
    return (datetime.fromisoformat(moment) if moment else datetime.now(UTC)).toordinal()
