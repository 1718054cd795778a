"""Has the kernel hold this process's memory in pages of 2 MiB.

LiteLLM's code and objects are half a GiB, and each request walks through much of them: with pages of 4 KiB the
processor keeps looking up where a page is. Python asks the kernel for no huge pages by itself.
"""

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PAGE: Final = 2 << 20
"""Bytes of a huge page where they are most used (x86-64, and arm64 with base pages of 4 KiB)."""
_MADV_COLLAPSE: Final = 25
"""Of linux/mman.h since Linux 6.1; older kernels refuse it. It needs no switch of the machine's, and changes none."""
_SWITCH: Final = Path("/sys/kernel/mm/transparent_hugepage/enabled")
_OWN: Final = re.compile(r"([0-9a-f]+)-([0-9a-f]+) rw-p [0-9a-f]+ 00:00 0 *(?:\[heap\]|\[anon:.*\])?")
"""A line of /proc/self/maps about memory that belongs to no file, nor to the stack."""


def collapse() -> None:
    """Moves memory that is in use now. A thread of its own: half a GiB takes a second, and nothing waits for it.

    Leaves all as it is where the machine's owner has switched huge pages off, or the kernel can't.
    """
    try:
        if "[never]" in _SWITCH.read_text("ascii"):
            return
        ranges = list(whole_pages(Path("/proc/self/maps").read_text("utf-8")))
        advise = ctypes.CDLL(None).madvise
    except (OSError, AttributeError):
        return
    for begin, end in ranges:
        # Page by page: whoever needs memory meanwhile waits for one, and one that can't be moved keeps no other back.
        for address in range(begin, end, PAGE):
            advise(ctypes.c_void_p(address), ctypes.c_size_t(PAGE), _MADV_COLLAPSE)


def whole_pages(maps: str) -> Iterator[tuple[int, int]]:
    """Begin and end of what huge pages could hold of a process's own memory.

    :param maps: /proc/self/maps
    """
    for line in maps.splitlines():
        if (found := _OWN.fullmatch(line)) is None:
            continue
        begin, end = -(-int(found[1], 16) // PAGE) * PAGE, int(found[2], 16) // PAGE * PAGE
        if begin < end:
            yield begin, end
