"""What goes back to the client: LiteLLM's answer as it is, filtered, or replaced by a refusal in one stable form."""

import json
import zlib
from typing import TYPE_CHECKING, Any, Final

from fastapi import HTTPException

from cerberus_gateway.safety.content import ScanTooSlowError
from cerberus_gateway.safety.decisions import blocked, body_of, error_frame, refused
from cerberus_gateway.safety.stream import BlockedError, HoldBack
from cerberus_gateway.safety.survey import survey

if TYPE_CHECKING:
    from cerberus_gateway.safety.edge import Edge, Message, Send
    from cerberus_gateway.safety.settings import Profile

# An answer that is not streamed is kept until it is complete; real ones are far smaller.
_LONGEST: Final = 64 * 1024 * 1024
_NO_TEXT: Final = ("image/", "audio/", "video/", "application/octet-stream", "application/pdf")
_ABOUT_THE_BODY: Final = {b"content-length", b"content-type", b"content-encoding"}
_GZIP: Final = 16 + zlib.MAX_WBITS
_UNREADABLE: Final = "answers of this form can't be filtered; ask for JSON or use a route under /v1"


class Answer:
    """The `send` that LiteLLM gets."""

    def __init__(self, edge: "Edge", send: "Send") -> None:
        self._edge: Final = edge
        self._send: Final = send
        self._start: Message | None = None
        self._parts: list[bytes] = []
        self._length = 0
        self._gzip = False
        self._stream: HoldBack | None = None
        self._through = False
        self._ended = False

    async def __call__(self, message: "Message") -> None:
        """Takes LiteLLM's next message."""
        if self._ended:
            return
        if message["type"] == "http.response.start" and self._start is None:
            await self._begin(message)
        elif message["type"] != "http.response.body" or self._through:
            await self._send(message)
        elif self._edge.filter_with is not None:
            await self._body(message.get("body", b""), self._edge.filter_with, last=not message.get("more_body", False))

    async def refuse(self, error: HTTPException) -> None:
        """Answers with a refusal; what LiteLLM still sends is dropped. Headers that LiteLLM set stay."""
        self._ended = True
        body = json.dumps(body_of(error, self._edge.path)).encode()
        kept = [pair for pair in (self._start or {}).get("headers", ()) if pair[0].lower() not in _ABOUT_THE_BODY]
        about = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._send({"type": "http.response.start", "status": error.status_code, "headers": [*kept, *about]})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def _begin(self, message: "Message") -> None:
        self._start = message
        failed = message["status"] >= 400  # noqa: PLR2004 - an error holds no model's text
        if failed and self._edge.refusal is not None:
            await self.refuse(self._edge.refusal)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]}
        kind, encoding = headers.get("content-type", ""), headers.get("content-encoding", "identity")
        if failed or self._edge.filter_with is None or kind.startswith(_NO_TEXT):
            self._through = True
            await self._send(message)
        elif kind.startswith("text/event-stream") and encoding == "identity":
            self._stream = HoldBack(self._edge.filter_with.content, self._edge.filter_with.look_back)
            await self._send(message)
        elif encoding not in {"identity", "gzip"} or kind.startswith(("text/event-stream", "application/vnd.")):
            await self.refuse(refused("safety_unavailable", _UNREADABLE))
        else:
            self._gzip = encoding == "gzip"

    async def _body(self, part: bytes, profile: "Profile", *, last: bool) -> None:
        if self._stream is not None:
            await self._streamed(self._stream, part, last=last)
            return
        self._parts.append(part)
        self._length += len(part)
        if self._length > _LONGEST:
            await self.refuse(refused("safety_unavailable", "the answer is too long to be filtered"))
        elif last:
            await self._complete(b"".join(self._parts), profile)

    async def _streamed(self, stream: HoldBack, part: bytes, *, last: bool) -> None:
        try:
            ready = [*stream.push(part), *(stream.finish() if last else ())]
        except BlockedError as found:
            await self._end(blocked(found.match, "answer"))
        except (ScanTooSlowError, ValueError):
            await self._end(refused("safety_unavailable", "the answer can't be filtered"))
        else:
            await self._send({"type": "http.response.body", "body": b"".join(ready), "more_body": not last})

    async def _end(self, error: HTTPException) -> None:
        """Ends a stream with an error event."""
        self._ended = True
        frame = error_frame(error, self._edge.path)
        await self._send({"type": "http.response.body", "body": frame.encode(), "more_body": False})

    async def _complete(self, body: bytes, profile: "Profile") -> None:
        try:
            match = await profile.content.find(_text_of(_unpacked(body) if self._gzip else body))
        except (ScanTooSlowError, ValueError, zlib.error):
            await self.refuse(refused("safety_unavailable", "the answer can't be filtered"))
            return
        if match is not None:
            await self.refuse(blocked(match, "answer"))
            return
        await self._send(self._start or {})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    plain = unpacker.decompress(body, _LONGEST)
    if unpacker.unconsumed_tail:
        message = "the answer is too long"
        raise ValueError(message)
    return plain


def _text_of(body: bytes) -> str:
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    return survey({"answer": parsed}).text()
