"""The text in a streamed answer's items: LiteLLM's chunks, events of the Responses API, and raw server-sent events."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cerberus_gateway.safety.survey import survey

# Fields of a chunk's delta beside its content.
_OTHER_TEXTS: Final = (
    "reasoning_content",
    "refusal",
    "tool_calls",
    "function_call",
    "audio",
    "thinking_blocks",
    "images",
)
_LONGEST_FRAME: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of a stream's item."""

    text: str
    channel: object = 0
    """Texts of the same channel follow one another."""
    whole: bool = False
    """Complete in itself: repeats or sums up what was streamed."""
    closes: bool = False
    """Nothing follows in this channel."""


class PieceReader:
    """Reads one stream's items in their order."""

    def __init__(self) -> None:
        self._frames = b""
        self._last_field: dict[object, str] = {}

    @property
    def unfinished(self) -> bool:
        """Whether the last item broke off inside an event."""
        return bool(self._frames.strip())

    def read(self, item: Any) -> Iterator[Piece]:  # noqa: ANN401 - items are LiteLLM's
        """Texts of the next item."""
        if isinstance(item, (bytes, str)):
            for event in self._events(item.encode() if isinstance(item, str) else item):
                yield from self._of_event(event)
        elif isinstance(item, Mapping):
            yield from self._of_event(item)
        elif isinstance(choices := getattr(item, "choices", None), list):
            for choice in choices:
                yield from self._of_choice(choice)
        elif hasattr(item, "model_dump"):
            yield from self._of_event(item.model_dump(exclude_none=True))

    def _of_choice(self, choice: Any) -> Iterator[Piece]:  # noqa: ANN401
        index = getattr(choice, "index", 0)
        delta = getattr(choice, "delta", None)
        closes = getattr(choice, "finish_reason", None) is not None
        if delta is None:
            yield self._piece("text", getattr(choice, "text", None) or "", index, closes=closes)
            return
        for name in _OTHER_TEXTS:
            if value := getattr(delta, name, None):
                yield self._piece(name, _plain(value), index)
        content = getattr(delta, "content", None)
        if content or closes:
            yield self._piece("content", content if isinstance(content, str) else _plain(content), index, closes=closes)

    def _of_event(self, event: Mapping[str, Any]) -> Iterator[Piece]:
        kind = event.get("type")
        if isinstance(choices := event.get("choices"), list):
            for choice in choices:
                if isinstance(choice, Mapping):
                    yield from self._of_raw_choice(choice)
        elif isinstance(candidates := event.get("candidates"), list):
            for index, candidate in enumerate(candidates):
                yield self._piece("content", _plain(candidate.get("content")), index)
        elif kind in {"content_block_delta", "content_block_start"}:
            block = event.get("delta") or event.get("content_block")
            yield self._piece(f"block {event.get('index')}", _plain(block, leave_out=("type", "signature", "id")), 0)
        elif isinstance(kind, str) and kind.endswith(".delta") and isinstance(event.get("delta"), str):
            place = (kind, event.get("output_index"), event.get("content_index"))
            yield self._piece(str(place), event["delta"], 0)
        else:
            yield Piece(survey(event).text(), whole=True)

    def _of_raw_choice(self, choice: Mapping[str, Any]) -> Iterator[Piece]:
        index, delta = choice.get("index", 0), choice.get("delta")
        closes = choice.get("finish_reason") is not None
        if isinstance(delta, Mapping):
            for name in (*_OTHER_TEXTS, "content"):
                if value := delta.get(name):
                    yield self._piece(name, _plain(value), index)
        yield self._piece("text", choice.get("text") or "", index, closes=closes)

    def _piece(self, name: str, text: str, channel: object, *, closes: bool = False) -> Piece:
        """A piece that begins a line of its own where the channel turns to another field."""
        changed = self._last_field.get(channel, name) != name and text != ""
        if text != "":
            self._last_field[channel] = name
        return Piece("\n" + text if changed else text, channel, closes=closes)

    def _events(self, part: bytes) -> Iterator[Mapping[str, Any]]:
        """Events that this part completes. LiteLLM's own error frames and `[DONE]` hold no text of a model."""
        self._frames += part.replace(b"\r\n", b"\n")
        *frames, self._frames = self._frames.split(b"\n\n")
        if len(self._frames) > _LONGEST_FRAME:
            message = "an event of the stream is too long to be checked"
            raise ValueError(message)
        for frame in frames:
            lines = [line[5:].strip() for line in frame.split(b"\n") if line.startswith(b"data:")]
            data = b"\n".join(lines)
            if not data or data == b"[DONE]":
                continue
            event = json.loads(data)
            yield event if isinstance(event, Mapping) else {"value": event}


def _plain(value: Any, leave_out: tuple[str, ...] = ("type", "id", "index")) -> str:  # noqa: ANN401
    """All text inside a field, in its order."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_plain(item, leave_out) for item in value)
    if hasattr(value, "model_dump"):
        value = value.model_dump(exclude_none=True)
    if isinstance(value, Mapping):
        return "".join(_plain(item, leave_out) for key, item in value.items() if key not in leave_out)
    return ""
