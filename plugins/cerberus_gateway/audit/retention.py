"""Which finished files are old enough to go. A file's age is that of its last line: when the next file began."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from cerberus_gateway.audit import chain
from cerberus_gateway.audit.files import LogDirectory, lines_of
from cerberus_gateway.audit.lines import Line


def expired(log: LogDirectory, days: int) -> Iterator[tuple[Path, Line]]:
    """Files whose last line is older than `days`, oldest first, each with the line that says it goes.

    A file after one that can't be read is kept, so that what is left stays one chain whose start is known.
    """
    limit = now() - timedelta(days=days)
    for path, following in list(pairwise([*log.finished(), log.active])):
        first, after = _first_line(path), _first_line(following)
        if first is None or after is None or datetime.fromisoformat(after["timestamp"]) > limit:
            return
        data = {
            "file": path.name,
            "first_seq": first["seq"],
            "last_seq": after["seq"] - 1,
            "last_hash": after["prev"],
        }
        yield path, Line("log_pruned", data, f"pruned:{first['seq']}")


def now() -> datetime:
    return datetime.now(UTC)


def _first_line(path: Path) -> dict[str, Any] | None:
    line = next(lines_of(path), b"") if path.exists() else b""
    found = chain.read(line)
    return None if found is None else found[0]
