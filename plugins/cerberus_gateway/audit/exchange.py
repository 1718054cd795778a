"""One request and its answer: gathers what the line says of them."""

import os
import random
import time
from typing import Any, Final

from starlette.types import Message, Scope

from cerberus_gateway.audit import admin, content, identity
from cerberus_gateway.audit.canonical import timestamp
from cerberus_gateway.audit.events import Ending, Failure, event_type, failure_of
from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.masking import mask
from cerberus_gateway.audit.request_body import RequestBody, query_fields
from cerberus_gateway.audit.response_state import SERVED_MODEL, ResponseState
from cerberus_gateway.audit.routes import administration, call_of
from cerberus_gateway.record import RequestRecord

CALL_ID_HEADER = b"x-litellm-call-id"
MAX_ERROR_TEXT = 500
FREE_CALLS = frozenset({"other", "mcp"})
_NUMBERS: Final = random.Random(os.urandom(32))  # noqa: S311 - numbers that differ, not secrets
"""Of call ids. To ask the system for each (uuid4) lets another thread have the interpreter first."""


class Exchange:
    """Built before LiteLLM sees the request."""

    def __init__(self, scope: Scope, level: str, salt: bytes) -> None:
        """:param level: `content` of cerberus.json's audit: off, digest or masked"""
        self.record = RequestRecord(call_id=f"{_NUMBERS.getrandbits(128):032x}")
        self.request = RequestBody()
        self.disconnected = False
        self.web_socket: bool = scope["type"] == "websocket"
        self._level = level
        self._salt = salt
        self.response = ResponseState(
            None if level == "off" else content.response_digest(salt), keep_stream=level == "masked"
        )
        self._began = time.perf_counter()
        self.path: str = scope["path"]
        self._route = identity.safe_path(self.path)
        self._method: str = scope.get("method", "GET")
        self._query: bytes = scope.get("query_string", b"")
        self._request_facts: dict[str, Any] | None = None
        self.record.facts = identity.from_headers(scope["headers"], scope.get("client"))

    def scope(self, scope: Scope) -> Scope:
        """The scope for LiteLLM: with our call id, whatever the client sent."""
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != CALL_ID_HEADER]
        return {**scope, "headers": [*headers, (CALL_ID_HEADER, self.record.call_id.encode())]}

    def named(self, start: Message) -> Message:
        """The start of an answer, which `response` has seen, with the call id in it: LiteLLM leaves it out of many."""
        if self.response.has_header(CALL_ID_HEADER):
            return start
        return {**start, "headers": [*start.get("headers", ()), (CALL_ID_HEADER, self.record.call_id.encode())]}

    @property
    def administers(self) -> bool:
        return administration(self.path)

    @property
    def call(self) -> str:
        return call_of(self.path)

    def cost_unknown(self) -> bool:
        """Whether this call costs something and nobody has said how much."""
        priced = self._method == "POST" and self.response.ok and not self.administers and self.call not in FREE_CALLS
        return priced and "cost_usd" not in self.record.facts and self.response.cost() is None

    def started(self) -> Line:
        """The intent: what is known when the answer begins."""
        return Line(f"{self.call}_started", self._data(), f"{self.record.call_id}:started")

    def outcome(self, ending: Ending, error: BaseException | None = None) -> Line:
        """The outcome. `error` is what ended the request when it wasn't an answer."""
        if error is not None:
            self.record.facts.setdefault("error", {"class": type(error).__name__})
        body = self.response.json() if self._body_says_more() else None
        failure = self._failure(body)
        kind = event_type(self.path, self._method, self.response.status, ending, failure)
        data = self._data() | self.response.facts(body) | self._known()
        self._add_timing(data)
        if self.disconnected and ending == "interrupted":
            data.setdefault("error", {"class": "ClientDisconnect"})
        elif failure is not None:
            data["error"] = self._error(self.response.refusal() or body)
        if self.administers:
            asked = self.request.json() or query_fields(self._query)
            data |= admin.change(self._method, self._route, asked, body)
        elif self._level == "masked":
            texts = {
                "prompt": content.prompt_text(self.request.json()),
                "response": content.answer_text(body, self.response.beginning()),
            }
            data |= {name: text for name, text in texts.items() if text}
        return Line(kind, data, self.record.call_id, timestamp())

    def _body_says_more(self) -> bool:
        """Whether the answer's body has to be read: not where headers and LiteLLM's hooks told all that a line says."""
        facts = self.record.facts
        told = self.response.has_header(SERVED_MODEL) and "usage" in facts and "error" not in facts
        return not (told and self.response.ok) or self.administers or self._level == "masked"

    def _known(self) -> dict[str, Any]:
        """What hooks and guardrails noted: they know better than headers."""
        facts = {name: value for name, value in self.record.facts.items() if value is not None}
        return facts | ({"guardrails": self.record.verdicts} if self.record.verdicts else {})

    def _data(self) -> dict[str, Any]:
        if self._request_facts is None:
            self._request_facts = self._read_request()
        status = {"status": self.response.status} if self.response.status else {}
        return self._request_facts | self._known() | status

    def _read_request(self) -> dict[str, Any]:
        facts = {
            "call_id": self.record.call_id,
            "route": self._route,
            "method": self._method,
            "request_bytes": self.request.size,
            **self.request.facts(),
        }
        if self._level != "off" and not self.administers and self.request.size and self.request.kept:
            facts["prompt_digest"] = content.prompt_digest(self._salt, self.request.json(), self.request.raw())
        return facts

    def _add_timing(self, data: dict[str, Any]) -> None:
        data["response_time_ms"] = _milliseconds(time.perf_counter() - self._began)
        data["response_bytes"] = self.response.size
        if self.response.first_byte is not None and self.response.stream:
            data["time_to_first_token_ms"] = _milliseconds(self.response.first_byte - self._began)
            data["stream"] = True
        if not self.administers and (digest := self.response.digest()) is not None:
            data["response_digest"] = digest

    def _failure(self, body: object) -> Failure | None:
        if (refused := self.response.refusal()) is not None:
            return failure_of(refused, self.record.facts)
        if not self.response.ok or "error" in self.record.facts:
            return failure_of(body, self.record.facts)
        return None

    def _error(self, body: object) -> dict[str, Any]:
        said = body.get("error") if isinstance(body, dict) else None
        said = said if isinstance(said, dict) else {"message": said} if isinstance(said, str) else {}
        noted = self.record.facts.get("error")
        noted = noted if isinstance(noted, dict) else {}
        error = {name: noted.get(name) or said.get(name) for name in ("class", "type", "code", "message", "provider")}
        details = said.get("provider_specific_fields")
        if isinstance(details, dict) and details.get("type") == "cerberus_refusal":
            error |= {"type": details["type"], "code": details.get("code")}
        return {name: mask(str(value)[:MAX_ERROR_TEXT]) for name, value in error.items() if value}


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
