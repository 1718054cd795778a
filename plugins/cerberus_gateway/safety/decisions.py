"""How the safety checks say no, each time noted for the audit log."""

import json
from typing import Any, Final

from fastapi import HTTPException

from cerberus_gateway.record import Action, verdict
from cerberus_gateway.refusal import Code, refusal
from cerberus_gateway.safety.content import Match

NAME: Final = "cerberus_safety"
# What LiteLLM reads in a detail or puts into it.
_LITELLMS: Final = frozenset({"error", "guardrail_name", "guardrail_mode"})


def refused(code: Code, message: str, **details: Any) -> HTTPException:  # noqa: ANN401 - any JSON value
    """A refusal of one of the checks. `message` and `details` hold no text of the request."""
    action: Action = "error" if code == "safety_unavailable" else "blocked"
    verdict(NAME, action, code=code, **{key: value for key, value in details.items() if key != "param"})
    return refusal(code, message, **details)


def blocked(match: Match, where: str) -> HTTPException:
    """The refusal of a request or answer whose text is blocked."""
    message = f"the {where} holds content of the category {match.category}, which is blocked here"
    verdict(NAME, "blocked", code="content_blocked", category=match.category, rule=match.rule, where=where)
    return refusal("content_blocked", message, category=match.category, where=where)


def body_of(error: HTTPException, route: str) -> dict[str, Any]:
    """What a client gets as JSON: OpenAI's form, and Anthropic's on its routes."""
    detail: Any = error.detail
    fields = {key: value for key, value in detail.items() if key not in _LITELLMS}
    return {"type": "error", "error": fields} if route.endswith("/messages") else {"error": fields}


def error_frame(error: HTTPException, route: str) -> str:
    """The event that ends a stream, in the form of its endpoint."""
    body = body_of(error, route)
    if route.endswith("/responses"):
        body = {"type": "error", **{key: body["error"][key] for key in ("code", "message", "param")}, **body}
    named = "event: error\n" if "type" in body else ""
    return f"{named}data: {json.dumps(body)}\n\n"
