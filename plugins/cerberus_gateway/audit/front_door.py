"""Answers the front door gave itself: requests that reached no replica, so that no replica can have logged them.

HAProxy sends its log here over UDP, one JSON object a datagram (config-templates/haproxy/haproxy.cfg). An answer is its
own when no replica's was there to pass on: `response_ms` is -1.
"""

import asyncio
from collections.abc import Callable

import orjson

from cerberus_gateway.audit.identity import safe_path
from cerberus_gateway.audit.lines import Line

MAX_TEXT = 300
SMALLEST_REFUSAL = 400


def refused_line(datagram: bytes) -> Line | None:
    """The audit line of one log message, or None when a replica answered, nobody did, or it isn't HAProxy's."""
    start = datagram.find(b"{")
    try:
        entry = orjson.loads(datagram[start:]) if start >= 0 else None
    except orjson.JSONDecodeError:
        return None
    if not isinstance(entry, dict) or entry.get("response_ms") != -1:
        return None
    status = entry.get("status")
    if not isinstance(status, int) or status < SMALLEST_REFUSAL:
        return None
    data = {
        "status": status,
        "method": _text(entry.get("method")),
        "route": safe_path(_text(entry.get("path")) or ""),
        "ip": _text(entry.get("client")),
        "front_door_id": _text(entry.get("id")),
        "termination": _text(entry.get("end")),
        "server": _text(entry.get("server")),
        "response_time_ms": entry.get("total_ms"),
        "response_bytes": entry.get("bytes"),
    }
    known = {name: value for name, value in data.items() if isinstance(value, int | str)}
    return Line("front_door_refused", known)


def _text(value: object) -> str | None:
    return value[:MAX_TEXT] if isinstance(value, str) else None


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, put: Callable[[Line], None]) -> None:
        self._put = put

    def datagram_received(self, data: bytes, addr: object) -> None:
        del addr
        if (line := refused_line(data)) is not None:
            self._put(line)


async def listen(port: int, put: Callable[[Line], None]) -> asyncio.DatagramTransport:
    """Hands every refusal that HAProxy reports on UDP `port` to `put`."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Receiver(put),
        local_addr=("0.0.0.0", port),  # noqa: S104 - inside a container
    )
    return transport
