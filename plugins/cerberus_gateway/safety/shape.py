"""Whether a request has the shape of its endpoint. LiteLLM answers many malformed bodies with 500, or sends them on."""

from collections.abc import Mapping
from typing import Any, Final

from cerberus_gateway.refusal import refusal
from cerberus_gateway.safety.calls import Kind

_NEEDS_MODEL: Final = frozenset({"chat", "completion", "responses", "messages", "gemini", "embedding", "rerank"})
_ROLES: Final = "system, developer, user, assistant, tool, function"
_LONGEST_NAME: Final = 512


def check_shape(kind: Kind, body: Mapping[str, Any]) -> None:
    """Refuses what is malformed, with the field that is at fault.

    :raises HTTPException: invalid_request
    """
    model = body.get("model")
    if kind in _NEEDS_MODEL and (not isinstance(model, str) or not model.strip() or len(model) > _LONGEST_NAME):
        raise refusal("invalid_request", f"model must be a model's name; found {_kind(model)}", param="model")
    stream = body.get("stream")
    if stream is not None and not isinstance(stream, bool):
        raise refusal("invalid_request", f"stream must be true or false; found {_kind(stream)}", param="stream")
    if kind in {"chat", "messages"}:
        _messages(body.get("messages"))
    elif kind == "completion":
        _text_or_list("prompt", body.get("prompt"))
    elif kind in {"responses", "embedding"} and (kind == "embedding" or body.get("input") is not None):
        _text_or_list("input", body.get("input"))
    tools = body.get("tools")
    if tools is not None and not (isinstance(tools, list) and all(isinstance(tool, dict) for tool in tools)):
        raise refusal("invalid_request", f"tools must be a list of objects; found {_kind(tools)}", param="tools")


def _messages(messages: object) -> None:
    if not isinstance(messages, list) or not messages:
        message = f"messages must be a list of at least one message; found {_kind(messages)}"
        raise refusal("invalid_request", message, param="messages")
    for index, message in enumerate(messages):
        path = f"messages[{index}]"
        if not isinstance(message, dict):
            text = f"{path} must be an object with role and content; found {_kind(message)}"
            raise refusal("invalid_request", text, param=path)
        role, content = message.get("role"), message.get("content")
        if not isinstance(role, str):
            text = f"{path}.role must be one of {_ROLES}; found {_kind(role)}"
            raise refusal("invalid_request", text, param=f"{path}.role")
        if content is not None and not isinstance(content, (str, list)):
            text = f"{path}.content must be text or a list of parts; found {_kind(content)}"
            raise refusal("invalid_request", text, param=f"{path}.content")
        if isinstance(content, list) and not all(isinstance(part, (dict, str)) for part in content):
            raise refusal("invalid_request", f"{path}.content must hold parts only", param=f"{path}.content")


def _text_or_list(name: str, value: object) -> None:
    if not isinstance(value, (str, list)) or (isinstance(value, list) and not value):
        raise refusal("invalid_request", f"{name} must be text or a list; found {_kind(value)}", param=name)


def _kind(value: object) -> str:
    """What was found, without its content."""
    if value is None:
        return "nothing"
    if isinstance(value, (list, tuple, dict)):
        return f"an empty {type(value).__name__}" if not value else f"a {_NAMES.get(type(value), type(value).__name__)}"
    return f"a {_NAMES.get(type(value), type(value).__name__)}"


_NAMES: Final = {str: "text", int: "number", float: "number", bool: "true or false", dict: "object", list: "list"}
