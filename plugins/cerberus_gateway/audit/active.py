"""The file being written: whole lines only, durable when `append` returns, and nothing of a write that failed."""

import os
from pathlib import Path


def sync_directory(directory: Path) -> None:
    """Makes names created, replaced or removed in `directory` durable."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def replace_file(path: Path, content: bytes, *, durable: bool) -> None:
    """Puts `content` at `path` in one step: readers see the old file or the new one."""
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    temporary.replace(path)
    if durable:
        sync_directory(path.parent)


class ActiveFile:
    """Appends to one file. Not safe for use by two threads."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file.

        :raises OSError: when it can't be
        """
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self.size = os.fstat(self._fd).st_size
        self._clean = True
        sync_directory(path.parent)

    def append(self, lines: bytes) -> None:
        """Writes whole lines and waits until they are durable.

        :raises OSError: and then the file ends where it ended before
        """
        if not self._clean:
            self._undo()
        self._clean = False
        try:
            rest = memoryview(lines)
            while rest:
                rest = rest[os.write(self._fd, rest) :]
            os.fdatasync(self._fd)
        except OSError:
            self._undo()
            raise
        self._clean = True
        self.size += len(lines)

    def truncate(self, size: int) -> None:
        """Cuts the file off at `size` bytes, durably."""
        os.ftruncate(self._fd, size)
        os.fdatasync(self._fd)
        self.size = size

    def close(self) -> None:
        os.close(self._fd)

    def _undo(self) -> None:
        os.ftruncate(self._fd, self.size)
        os.fdatasync(self._fd)
        self._clean = True
