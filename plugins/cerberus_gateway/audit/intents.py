"""Calls that have begun to answer and whose outcome isn't in the log yet."""

from typing import Any

from cerberus_gateway.audit.lines import Line, Seal

STARTED = "_started"
LATE = ":late"


class Intents:
    """Follows the lines of the log, at start and while it grows."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, dict[str, Any]]] = {}
        self._sealed: set[str] = set()

    def __len__(self) -> int:
        return len(self._open)

    def see(self, event_type: str, line_id: str, data: dict[str, Any]) -> None:
        """Takes note of a line that is in the log."""
        if event_type.endswith(STARTED) and line_id.endswith(":started"):
            self._open[line_id.removesuffix(":started")] = (event_type.removesuffix(STARTED), data)
        elif self._open.pop(line_id, None) is not None and data.get("sealed"):
            self._sealed.add(line_id)

    def instances(self) -> set[tuple[str, str]]:
        """Replica and instance of every process that owes an outcome."""
        return {(str(data.get("replica")), str(data.get("instance"))) for _, data in self._open.values()}

    def lines(self, order: Seal) -> list[Line]:
        """The outcomes that `order` asks for. What was known when the answer began is said again."""
        return [
            Line(f"{call}_interrupted", {**data, "sealed": True}, call_id)
            for call_id, (call, data) in self._open.items()
            if data.get("replica") == order.replica
            and (data.get("instance") == order.instance or order.instance is None)
            and data.get("instance") != order.survivor
        ]

    def renamed(self, line: Line) -> Line:
        """The line, or the same under an id of its own when its call was sealed too early: both stay in the log."""
        if line.id not in self._sealed:
            return line
        return Line(line.event_type, {**line.data, "call_id": line.id}, line.id + LATE, line.timestamp)
