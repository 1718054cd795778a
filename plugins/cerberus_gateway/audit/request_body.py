"""The request's body as it passes by: LiteLLM reads the same bytes, nothing is read twice from the client."""

from typing import Any
from urllib.parse import parse_qsl

import orjson

MAX_KEPT = 32 << 20
"""A longer body is counted, and not looked into."""


class RequestBody:
    def __init__(self) -> None:
        self.size = 0
        self._chunks: list[bytes] = []
        self._parsed: object = None
        self._is_parsed = False

    def feed(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size <= MAX_KEPT:
            self._chunks.append(chunk)
        else:
            self._chunks.clear()

    @property
    def kept(self) -> bool:
        """Whether all of it is here."""
        return self.size <= MAX_KEPT

    def raw(self) -> bytes:
        """All bytes, if kept."""
        if len(self._chunks) > 1:
            self._chunks = [b"".join(self._chunks)]
        return self._chunks[0] if self._chunks else b""

    def json(self) -> object:
        """The body as JSON; None when it isn't, or not kept."""
        if not self._is_parsed:
            self._is_parsed = True
            raw = self.raw()
            try:
                self._parsed = orjson.loads(raw) if raw[:64].lstrip()[:1] in {b"{", b"["} else None
            except orjson.JSONDecodeError:
                self._parsed = None
        return self._parsed

    def facts(self) -> dict[str, Any]:
        """What the body says of the call."""
        body = self.json()
        if not isinstance(body, dict):
            return {}
        facts: dict[str, Any] = {}
        if isinstance(model := body.get("model"), str):
            facts["requested_model"] = model[:200]
        if body.get("stream") is True:
            facts["stream"] = True
        if isinstance(user := body.get("user"), str):
            facts["end_user"] = user[:200]
        return facts


def query_fields(query: bytes) -> dict[str, str]:
    """A query string as a mapping; the last of equal names wins."""
    return dict(parse_qsl(query.decode("latin-1"), max_num_fields=100)) if query else {}
