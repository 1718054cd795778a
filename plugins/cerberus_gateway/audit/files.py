"""The log's directory: which files there are, in which order, and how they age.

litellm_audit.jsonl is being written; litellm_audit-<first line's number>.jsonl.gz are finished. A finished file is
first renamed, then compressed beside itself, then removed: whatever the moment of a crash, one whole copy is there.
"""

import gzip
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from cerberus_gateway.audit.active import replace_file, sync_directory

ACTIVE = "litellm_audit.jsonl"
HEAD = "litellm_audit.head.json"
_TORN = "litellm_audit.torn-"


class LogDirectory:
    """Names in the log's directory. Every method may raise OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.active = path / ACTIVE
        self.head = path / HEAD

    def tidy(self) -> None:
        """Removes what a crash left half done: temporary files, and plain copies of compressed ones."""
        for left_over in self.path.glob("litellm_audit*.tmp"):
            left_over.unlink()
        for plain in self.path.glob("litellm_audit-*.jsonl"):
            if _compressed(plain).exists():
                plain.unlink()
        sync_directory(self.path)

    def finished(self) -> list[Path]:
        """Finished files, oldest first, one for each first line."""
        plain = {path.name: path for path in self.path.glob("litellm_audit-*.jsonl")}
        packed = {path.name.removesuffix(".gz"): path for path in self.path.glob("litellm_audit-*.jsonl.gz")}
        return [path for _, path in sorted((packed | plain).items())]

    def finished_name(self, first_seq: int) -> Path:
        return self.path / f"litellm_audit-{first_seq:012}.jsonl"

    def compress(self) -> None:
        """Compresses every finished file that is still plain; one that finds no room stays plain till next time."""
        for plain in sorted(self.path.glob("litellm_audit-*.jsonl")):
            target = _compressed(plain)
            temporary = target.with_name(f"{target.name}.tmp")
            try:
                _pack(plain, temporary)
            except OSError:
                temporary.unlink(missing_ok=True)
                return
            temporary.replace(target)
            sync_directory(self.path)
            plain.unlink(missing_ok=True)

    def remove(self, finished: Path) -> None:
        finished.unlink(missing_ok=True)
        sync_directory(self.path)

    def keep_torn(self, seq: int, content: bytes) -> None:
        """Sets bytes aside, durably, that will be cut off: once, however often a crash repeats it.

        :param seq: the number the next line will have
        """
        digest = hashlib.sha256(content).hexdigest()[:16]
        replace_file(self.path / f"{_TORN}{seq:012}-{digest}", content, durable=True)

    def torn(self) -> list[Path]:
        """What was set aside and isn't in the log yet, oldest first."""
        return sorted(path for path in self.path.glob(f"{_TORN}*") if path.suffix != ".tmp")

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.path).free


def _pack(plain: Path, target: Path) -> None:
    with plain.open("rb") as source, target.open("wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed:
            shutil.copyfileobj(source, packed, 1 << 20)
        raw.flush()
        os.fsync(raw.fileno())


def _compressed(plain: Path) -> Path:
    return plain.with_name(f"{plain.name}.gz")


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a log file without their newlines, compressed or not."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            yield line.removesuffix(b"\n")


def all_lines(directory: Path) -> Iterator[bytes]:
    """Every line of the log in order."""
    log = LogDirectory(directory)
    for path in log.finished():
        yield from lines_of(path)
    if log.active.exists():
        yield from lines_of(log.active)
