"""What goes into the log before it has a number: the lines of clients, and those the writer adds itself."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from cerberus_gateway.audit.canonical import timestamp


@dataclass(slots=True)
class Line:
    """One event. `id` is what makes it unique: a line of an id that is in the log isn't written again."""

    event_type: str
    data: dict[str, Any]
    id: str = field(default_factory=lambda: uuid4().hex)
    timestamp: str = field(default_factory=timestamp)


@dataclass(frozen=True, slots=True)
class Seal:
    """An order to write the outcome of calls whose process is gone.

    :ivar replica: the process's name
    :ivar instance: the instance that is gone, or None for every one but `survivor`
    """

    replica: str
    instance: str | None = None
    survivor: str | None = None


type Item = Line | Seal
