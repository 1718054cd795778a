"""Streamed answers: items are held back until enough text follows them to know that no blocked match begins in them.

Items are passed on as they came or not at all. A match of at most `look_back` characters is therefore never delivered
in part; a longer one (padded with signs) ends the stream when it is complete.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from cerberus_gateway.safety.content import ContentFilter, Match
from cerberus_gateway.safety.pieces import Piece, PieceReader

# New characters that are worth a look; less would be looking at the same text for every token.
_WORTH_A_LOOK: Final = 24


class BlockedError(Exception):
    """The answer holds something that is blocked."""

    def __init__(self, match: Match) -> None:
        super().__init__(match.category)
        self.match: Final = match


@dataclass(slots=True)
class _Channel:
    """One text that grows: an answer's, where a request has several."""

    seen: str = ""
    """The end of the text that was looked at."""
    unseen: list[str] = field(default_factory=list)
    length: int = 0
    looked_at: int = 0
    closed: bool = False


@dataclass(slots=True)
class _Held:
    item: Any
    marks: list[tuple[_Channel, int]] | None = None
    """Where its text ends in each channel; None while a part of its text is still to come."""


class HoldBack:
    """Takes a stream's items and gives them back when they are safe."""

    def __init__(self, content: ContentFilter, look_back: int) -> None:
        self._content = content
        self._look_back = look_back
        self._reader = PieceReader()
        self._channels: dict[object, _Channel] = {}
        self._held: deque[_Held] = deque()
        self._marks: list[tuple[_Channel, int]] = []

    def push(self, item: Any) -> Iterator[Any]:  # noqa: ANN401 - items are LiteLLM's
        """Takes the next item.

        :return: what may be passed on
        :raises BlockedError: when a match is complete
        """
        for piece in self._reader.read(item):
            self._take(piece)
        self._held.append(_Held(item))
        if not self._reader.unfinished:
            for held in self._held:
                held.marks = self._marks if held.marks is None else held.marks
            self._marks = []
        return self._released(everything=False)

    def finish(self) -> Iterator[Any]:
        """Gives the rest of the stream.

        :raises BlockedError: when it holds a match
        """
        for channel in self._channels.values():
            channel.closed = True
            self._look(channel)
        return self._released(everything=True)

    def _take(self, piece: Piece) -> None:
        if piece.whole:
            if (match := self._content.find_now(piece.text)) is not None:
                raise BlockedError(match)
            return
        channel = self._channels.setdefault(piece.channel, _Channel())
        channel.unseen.append(piece.text)
        channel.length += len(piece.text)
        channel.closed = piece.closes
        self._marks.append((channel, channel.length))
        if channel.closed or channel.length - channel.looked_at >= _WORTH_A_LOOK:
            self._look(channel)

    def _look(self, channel: _Channel) -> None:
        text = channel.seen + "".join(channel.unseen)
        match = self._content.find_now(text, more_to_come=not channel.closed)
        if match is not None:
            raise BlockedError(match)
        channel.seen = text[-2 * self._look_back :]
        channel.unseen.clear()
        channel.looked_at = channel.length

    def _released(self, *, everything: bool) -> Iterator[Any]:
        while self._held and (everything or self._is_safe(self._held[0])):
            yield self._held.popleft().item

    def _is_safe(self, held: _Held) -> bool:
        if held.marks is None:
            return False
        return all(channel.closed or end + self._look_back <= channel.looked_at for channel, end in held.marks)
