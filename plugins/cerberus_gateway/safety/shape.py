"""Whether a request has the shape of its endpoint. LiteLLM answers many malformed bodies with 500, or sends them on."""

from collections.abc import Mapping
from typing import Any, Final

from cerberus_gateway.safety.calls import Kind
from cerberus_gateway.safety.decisions import refused

_NEEDS_MODEL: Final = frozenset({"chat", "completion", "responses", "messages", "gemini", "embedding", "rerank"})
_ROLES: Final = "system, developer, user, assistant, tool, function"
_LONGEST_NAME: Final = 512


def check_shape(kind: Kind, body: Mapping[str, Any], *, native: bool) -> None:
    """Refuses what is malformed, with the field that is at fault.

    :param native: the body goes to the provider as it is, and some of theirs have the model in the path
    :raises HTTPException: invalid_request
    """
    check_fields(body)
    model = body.get("model")
    if (
        not native
        and kind in _NEEDS_MODEL
        and (not isinstance(model, str) or not model.strip() or len(model) > _LONGEST_NAME)
    ):
        raise refused("invalid_request", f"model must be a model's name; found {_kind(model)}", param="model")
    if kind in {"chat", "messages"}:
        _messages(body.get("messages"))
    elif kind == "completion":
        _text_or_list("prompt", body.get("prompt"))
    elif kind in {"responses", "embedding"} and (kind == "embedding" or body.get("input") is not None):
        _text_or_list("input", body.get("input"))


def check_fields(body: Mapping[str, Any]) -> None:
    """Refuses fields of the wrong kind that LiteLLM reads on every route, before any guardrail.

    :raises HTTPException: invalid_request
    """
    if "model" in body and not isinstance(body["model"], str):
        raise refused("invalid_request", f"model must be a model's name; found {_kind(body['model'])}", param="model")
    stream = body.get("stream")
    if stream is not None and not isinstance(stream, bool):
        raise refused("invalid_request", f"stream must be true or false; found {_kind(stream)}", param="stream")
    tools = body.get("tools")
    if tools is not None and not (isinstance(tools, list) and all(isinstance(tool, dict) for tool in tools)):
        raise refused("invalid_request", f"tools must be a list of objects; found {_kind(tools)}", param="tools")


def _messages(messages: object) -> None:
    if not isinstance(messages, list) or not messages:
        message = f"messages must be a list of at least one message; found {_kind(messages)}"
        raise refused("invalid_request", message, param="messages")
    for index, message in enumerate(messages):
        path = f"messages[{index}]"
        if not isinstance(message, dict):
            text = f"{path} must be an object with role and content; found {_kind(message)}"
            raise refused("invalid_request", text, param=path)
        role, content = message.get("role"), message.get("content")
        if not isinstance(role, str):
            text = f"{path}.role must be one of {_ROLES}; found {_kind(role)}"
            raise refused("invalid_request", text, param=f"{path}.role")
        if content is not None and not isinstance(content, (str, list)):
            text = f"{path}.content must be text or a list of parts; found {_kind(content)}"
            raise refused("invalid_request", text, param=f"{path}.content")
        if isinstance(content, list) and not all(isinstance(part, (dict, str)) for part in content):
            raise refused("invalid_request", f"{path}.content must hold parts only", param=f"{path}.content")


def _text_or_list(name: str, value: object) -> None:
    if not isinstance(value, (str, list)) or (isinstance(value, list) and not value):
        raise refused("invalid_request", f"{name} must be text or a list; found {_kind(value)}", param=name)


def _kind(value: object) -> str:
    """What was found, without its content."""
    if value is None:
        return "nothing"
    if isinstance(value, (list, tuple, dict)):
        return f"an empty {type(value).__name__}" if not value else _NAMES.get(type(value), type(value).__name__)
    return _NAMES.get(type(value), type(value).__name__)


_NAMES: Final = {
    str: "text",
    int: "a number",
    float: "a number",
    bool: "a truth value",
    dict: "an object",
    list: "a list",
}
