"""Holds back guessing of keys: after so many failures from one address within a minute, it waits."""

import time
from collections import deque

MOST_FAILURES = 10
WINDOW_SECONDS = 60.0
MOST_ADDRESSES = 10_000


class Throttle:
    def __init__(self) -> None:
        self._failures: dict[str, deque[float]] = {}

    def wait_seconds(self, address: str) -> int:
        """Seconds until the address may try again; 0 = now."""
        times = self._failures.get(address)
        if times is None:
            return 0
        now = time.monotonic()
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if not times:
            del self._failures[address]
        return int(times[0] + WINDOW_SECONDS - now) + 1 if len(times) >= MOST_FAILURES else 0

    def failed(self, address: str) -> None:
        if len(self._failures) >= MOST_ADDRESSES:
            self._failures.clear()
        self._failures.setdefault(address, deque(maxlen=MOST_FAILURES)).append(time.monotonic())
