"""The writer's /metrics (Prometheus text) and /healthz, over the smallest HTTP that serves both."""

import asyncio
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds in seconds of the commit histogram."""


@dataclass(slots=True)
class Histogram:
    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds

    def text(self, name: str) -> str:
        lines, running = [], 0
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), self.counts, strict=True):
            running += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {running}')
        return "\n".join(
            [f"# TYPE {name} histogram", *lines, f"{name}_sum {self.total:.6f}", f"{name}_count {running}"]
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """The writer's state at one moment."""

    healthy: bool
    seq: int
    hash: str
    lines: int
    failures: int
    queue: int
    connections: int
    open_calls: int
    disk_free_bytes: int
    last_commit: float


def prometheus_text(reading: Reading, commits: Histogram) -> str:
    """The metrics page."""
    values = [
        ("cerberus_audit_up", "gauge", "", int(reading.healthy)),
        ("cerberus_audit_seq", "gauge", "", reading.seq),
        ("cerberus_audit_head_info", "gauge", f'{{hash="{reading.hash}"}}', 1),
        ("cerberus_audit_lines_total", "counter", "", reading.lines),
        ("cerberus_audit_commit_failures_total", "counter", "", reading.failures),
        ("cerberus_audit_queue", "gauge", "", reading.queue),
        ("cerberus_audit_connections", "gauge", "", reading.connections),
        ("cerberus_audit_open_calls", "gauge", "", reading.open_calls),
        ("cerberus_audit_disk_free_bytes", "gauge", "", reading.disk_free_bytes),
        ("cerberus_audit_last_commit_timestamp", "gauge", "", f"{reading.last_commit:.3f}"),
    ]
    text = "".join(f"# TYPE {name} {kind}\n{name}{labels} {value}\n" for name, kind, labels, value in values)
    return f"{text}{commits.text('cerberus_audit_commit_seconds')}\n"


async def serve(port: int, read: Callable[[], Reading], commits: Histogram) -> asyncio.Server:
    """Answers GET /metrics and /healthz (503 while nothing can be written) on every address of the container."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                request = await reader.readuntil(b"\r\n\r\n")
                path = request.split(b" ", 2)[1] if request.startswith(b"GET ") else b""
                reading = read()
                if path == b"/metrics":
                    status, body = "200 OK", prometheus_text(reading, commits)
                elif path == b"/healthz":
                    status, body = ("200 OK", "ok\n") if reading.healthy else ("503 Service Unavailable", "failing\n")
                else:
                    status, body = "404 Not Found", "there are /metrics and /healthz\n"
                head = (
                    f"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {len(body)}\r\n"
                )
                writer.write(f"{head}Connection: close\r\n\r\n{body}".encode())
                await writer.drain()
        except (TimeoutError, OSError, IndexError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()

    return await asyncio.start_server(answer, "0.0.0.0", port, limit=8192)  # noqa: S104 - inside a container
