"""What a crash left, and where the log stands: read once when the writer starts."""

import base64
from dataclasses import dataclass, field
from typing import Any

from cerberus_gateway.audit import chain
from cerberus_gateway.audit.active import ActiveFile
from cerberus_gateway.audit.files import LogDirectory, lines_of
from cerberus_gateway.audit.intents import Intents
from cerberus_gateway.audit.lines import Line

TORN_PART_BYTES = 256 << 10
"""Torn bytes are told in lines of at most so many."""


@dataclass(slots=True)
class Recovered:
    """Where the log stands, and the lines it is owed. `recent` and `older` are the ids of the last two files."""

    link: chain.Link = field(default_factory=lambda: chain.Link(0, chain.START))
    recent: set[str] = field(default_factory=set)
    older: set[str] = field(default_factory=set)
    intents: Intents = field(default_factory=Intents)
    hashes: dict[int, str] = field(default_factory=dict)
    first_seq: int | None = None
    first_timestamp: str = ""
    damaged: int = 0
    owed: list[Line] = field(default_factory=list)

    def take(self, line: bytes, ids: set[str]) -> dict[str, Any] | None:
        """Takes a line of the log in; None when it isn't whole."""
        if (found := chain.read(line)) is None:
            return None
        fields, digest = found
        self.link = chain.Link(fields["seq"], digest)
        self.hashes[fields["seq"]] = digest
        ids.add(fields["id"])
        self.intents.see(fields["event_type"], fields["id"], fields["data"])
        return fields


def recover(log: LogDirectory) -> Recovered:
    """Tidies the directory, cuts a torn end off (set aside first) and reads the last two files.

    :raises OSError: when the disk doesn't let us; may be called again
    """
    log.tidy()
    found = Recovered()
    finished = log.finished()
    for line in lines_of(finished[-1]) if finished else ():
        found.damaged += found.take(line, found.older) is None
    _read_active(log, found)
    if finished and found.first_seq is None:
        first_seq = int(finished[-1].name.removeprefix("litellm_audit-").split(".")[0])
        found.owed.append(rotated_line(log.finished_name(first_seq).name, first_seq, found.link))
    for path in log.torn():
        found.owed.extend(_torn_lines(path.name, path.read_bytes()))
    return found


def rotated_line(file: str, first_seq: int, last: chain.Link) -> Line:
    """What the first line of a new file says of the one before."""
    data = {"file": f"{file}.gz", "first_seq": first_seq, "last_seq": last.seq, "last_hash": last.hash}
    return Line("log_rotated", data, f"rotated:{first_seq}")


def _read_active(log: LogDirectory, found: Recovered) -> None:
    """Reads the active file. What follows its last whole line is torn; unreadable lines before that are damage."""
    if not log.active.exists():
        return
    end = offset = unread = 0
    with log.active.open("rb") as file:
        for line in file:
            offset += len(line)
            fields = found.take(line[:-1], found.recent) if line.endswith(b"\n") else None
            if fields is None:
                unread += 1
                continue
            if found.first_seq is None:
                found.first_seq, found.first_timestamp = fields["seq"], fields["timestamp"]
            end, found.damaged, unread = offset, found.damaged + unread, 0
        if end < offset:
            file.seek(end)
            log.keep_torn(found.link.seq + 1, file.read())
    if end < offset:
        active = ActiveFile(log.active)
        active.truncate(end)
        active.close()


def _torn_lines(name: str, content: bytes) -> list[Line]:
    parts = [content[at : at + TORN_PART_BYTES] for at in range(0, len(content), TORN_PART_BYTES)]
    return [
        Line(
            "torn_line",
            {"bytes": base64.b64encode(part).decode(), "part": number, "parts": len(parts)},
            f"{name.removeprefix('litellm_audit.')}:{number}",
        )
        for number, part in enumerate(parts, start=1)
    ]
