"""The memory that a process has is moved into huge pages, and nothing of it is changed."""

import mmap
import re
from pathlib import Path

import pytest
from cerberus_gateway import huge_pages
from cerberus_gateway.huge_pages import PAGE, collapse, whole_pages

MAPS = """\
55d0c0000000-55d0c0800000 rw-p 00000000 00:00 0                          [heap]
7f0000001000-7f0000601000 rw-p 00000000 00:00 0 
7f1000000000-7f1000100000 rw-p 00000000 00:00 0 
7f2000000000-7f2000800000 r--p 00000000 fe:00 123                        /usr/lib/libc.so.6
7f3000000000-7f3000800000 rw-p 00000000 fe:00 123                        /usr/lib/libc.so.6
7f4000000000-7f4000800000 rw-s 00000000 00:01 7                          /dev/zero (deleted)
7ffc00000000-7ffc00800000 rw-p 00000000 00:00 0                          [stack]
7f5000000000-7f5000400000 rw-p 00000000 00:00 0                          [anon:glibc: malloc]
"""  # noqa: W291 - as the kernel writes it


def test_takes_whole_pages_of_memory_that_is_the_processs_own() -> None:
    assert list(whole_pages(MAPS)) == [
        (0x55D0C0000000, 0x55D0C0800000),
        (0x7F0000200000, 0x7F0000600000),
        (0x7F5000000000, 0x7F5000400000),
    ]


def huge_bytes() -> int:
    rollup = Path("/proc/self/smaps_rollup").read_text("ascii")
    found = re.search(r"AnonHugePages: +(\d+) kB", rollup)
    return int(found[1]) << 10 if found else 0


def kernel() -> tuple[int, int]:
    major, minor = Path("/proc/sys/kernel/osrelease").read_text("ascii").split(".")[:2]
    return int(major), int(re.match(r"\d+", minor)[0])  # type: ignore[index]


@pytest.mark.skipif(
    not huge_pages._SWITCH.exists() or "[never]" in huge_pages._SWITCH.read_text("ascii") or kernel() < (6, 1),
    reason="this machine has no huge pages to give",
)
def test_moves_them_and_keeps_what_they_hold() -> None:
    with mmap.mmap(-1, 8 * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        for offset in range(0, len(memory), 4096):
            memory[offset : offset + 8] = offset.to_bytes(8, "big")
        before = huge_bytes()

        collapse()

        assert huge_bytes() >= before + 6 * PAGE
        assert all(memory[at : at + 8] == at.to_bytes(8, "big") for at in range(0, len(memory), 4096))


@pytest.mark.parametrize("switch", ["always madvise [never]\n", None], ids=["switched off", "no such kernel"])
def test_leaves_all_as_it_is_where_there_are_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, switch: str | None
) -> None:
    monkeypatch.setattr(huge_pages, "_SWITCH", tmp_path / "enabled")
    if switch is not None:
        (tmp_path / "enabled").write_text(switch, "ascii")
    monkeypatch.setattr(huge_pages, "whole_pages", lambda _: pytest.fail("looked for memory"))

    collapse()
