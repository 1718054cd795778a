"""The answer as it passes by: status, size, times, digest, and as much of its text as has to be looked into."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from cerberus_gateway.audit.content import events

if TYPE_CHECKING:
    from hmac import HMAC

FIRST_ERROR = 400
SERVED_MODEL = b"x-litellm-model-name"
REFUSAL = b"cerberus_refusal"
"""`type` of every error that is a refusal of ours."""
MAX_JSON = 16 << 20
"""A longer answer isn't looked into."""
STREAM_TAIL = 16 << 10
"""So much of a stream's end is kept: usage comes last."""
STREAM_TEXT = 256 << 10
"""So much of a stream's beginning is kept where lines hold masked text."""


class ResponseState:
    """Feed it `http.response.start` and every part of the body."""

    def __init__(self, digest: "HMAC | None", *, keep_stream: bool) -> None:
        self.status = 0
        self.size = 0
        self.length: int | None = None
        """The announced size in bytes, if any."""
        self.first_byte: float | None = None
        self.stream = False
        self._digest = digest
        self._keep_stream = keep_stream
        self._headers: dict[bytes, bytes] = {}
        self._kept = bytearray()
        self._beginning = bytearray()

    def start(self, message: Mapping[str, Any]) -> None:
        self.status = message["status"]
        self._headers = {name.lower(): value for name, value in message.get("headers", ())}
        length = self._headers.get(b"content-length", b"")
        self.length = int(length) if length.isdigit() else None

    def has_header(self, name: bytes) -> bool:
        """Whether the answer has a header of this name, which is given in lower case."""
        return name in self._headers

    def feed(self, chunk: bytes) -> None:
        if not chunk:
            return
        if self.first_byte is None:
            self.first_byte = time.perf_counter()
        self.size += len(chunk)
        if self._digest is not None:
            self._digest.update(chunk)
        if self.stream:
            self._keep_of_stream(chunk)
        elif self.size <= MAX_JSON:
            self._kept += chunk

    @property
    def ok(self) -> bool:
        return 0 < self.status < FIRST_ERROR

    def cost(self) -> float | None:
        """What LiteLLM's header says the call cost, in USD. A stream's headers come before it is known."""
        return _number(self._headers.get(b"x-litellm-response-cost")) if self.ok and not self.stream else None

    def digest(self) -> str | None:
        return None if self._digest is None or not self.size else self._digest.hexdigest()

    def json(self) -> object:
        """The body of an answer that isn't a stream, if it is JSON."""
        if self.stream or self.size > MAX_JSON or b"json" not in self._headers.get(b"content-type", b""):
            return None
        try:
            return orjson.loads(self._kept)
        except orjson.JSONDecodeError:
            return None

    def beginning(self) -> bytes:
        """The first part of a stream, where it is kept."""
        return bytes(self._beginning)

    def facts(self, body: object) -> dict[str, Any]:
        """What headers and body say of the call.

        :param body: `json()`
        """
        facts: dict[str, Any] = {}
        if deployment := self._headers.get(b"x-litellm-model-id"):
            facts["deployment"] = deployment.decode("latin-1")
        if (cost := self.cost()) is not None:
            facts["cost_usd"] = cost
        for answer in self._answers(body):
            if isinstance(model := answer.get("model"), str):
                facts["model"] = model
            if usage := _usage(answer.get("usage")):
                facts["usage"] = usage
        # The body says the name that was asked for.
        if served := self._headers.get(SERVED_MODEL):
            facts["model"] = served.decode("latin-1")
        return facts

    def refusal(self) -> dict[str, Any] | None:
        """The refusal that a stream ended with, when the safety checks ended it."""
        if not self.stream or REFUSAL not in self._kept:
            return None
        found = events(bytes(self._kept), REFUSAL)
        return next((event for event in reversed(found) if _type(event.get("error")) == REFUSAL.decode()), None)

    def _answers(self, body: object) -> list[dict[str, Any]]:
        """The objects that may hold usage: the body, or the last events of a stream."""
        if isinstance(body, dict):
            return [body]
        found = events(bytes(self._kept[-STREAM_TAIL:]), b'"usage"') if self.stream else []
        return [inner if isinstance(inner := event.get("response"), dict) else event for event in found]

    def _keep_of_stream(self, chunk: bytes) -> None:
        if self._keep_stream and len(self._beginning) < STREAM_TEXT:
            self._beginning += chunk
        self._kept += chunk
        if len(self._kept) > 4 * STREAM_TAIL:
            del self._kept[:-STREAM_TAIL]


def _type(error: object) -> object:
    return error.get("type") if isinstance(error, dict) else None


def _usage(usage: object) -> dict[str, int]:
    """Token counts under one set of names, whichever API's."""
    if not isinstance(usage, dict):
        return {}
    prompt = usage.get("prompt_tokens", usage.get("input_tokens"))
    completion = usage.get("completion_tokens", usage.get("output_tokens", 0))
    if not isinstance(prompt, int) or not isinstance(completion, int):
        return {}
    total = usage.get("total_tokens")
    total = total if isinstance(total, int) else prompt + completion
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}


def _number(value: bytes | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None
