"""One walk over a request's or answer's JSON that finds what the checks need: its texts, and what else it carries.

The walk knows the shapes of all endpoints by the names of their parts, not by their places, so that a new endpoint or a
nested part is seen too. Whatever is not known to be binary data counts as text.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

# What a request may at most consist of; a body beyond that is no request but an attack on the parser's readers.
MAX_DEPTH: Final = 64
MAX_NODES: Final = 200_000

_IMAGE_PARTS: Final = {"image", "image_url", "input_image", "computer_screenshot"}
_AUDIO_PARTS: Final = {"audio", "input_audio", "audio_url"}
_FILE_PARTS: Final = {"file", "input_file", "document", "video", "video_url", "container_upload"}
_FUNCTION_TOOLS: Final = {"function", "custom"}
# Keys whose text is data for the provider's decoder, by the key of the mapping around them.
_BINARY: Final = {
    "image_url": {"url"},
    "input_audio": {"data"},
    "audio": {"data"},
    "file": {"file_data"},
    "source": {"data"},
    "inline_data": {"data"},
    "inlineData": {"data"},
}


# Words such as text or user that say what a part is. No model reads them between two parts, so they must not stand
# between two halves of what is looked for.
_STRUCTURE: Final = {"type", "role", "detail"}
_STRUCTURE_WORD: Final = re.compile(r"[a-z_]{1,40}")


class MalformedError(ValueError):
    """A body that is nested too deep or has too many parts."""


@dataclass(slots=True)
class Survey:
    """What a body holds."""

    texts: list[str] = field(default_factory=list)
    text_bytes: int = 0
    """UTF-8 bytes of all texts and keys."""
    nodes: int = 0
    images: int = 0
    audio: int = 0
    files: int = 0
    references: list[str] = field(default_factory=list)
    """Things whose size only the provider knows: stored conversations, files, prompts."""
    tools: list[str] = field(default_factory=list)
    hosted_tools: list[str] = field(default_factory=list)
    """Tools that the provider runs and charges for."""
    token_ids: int = 0
    caching: bool = False
    """Whether it asks for the prompt to be written to a cache."""

    def text(self) -> str:
        """All texts as one, so that what is spread over parts is seen together."""
        return "\n".join(self.texts)


_REFERENCES: Final = {
    "previous_response_id",
    "conversation",
    "prompt_id",
    "file_id",
    "file_url",
    "fileUri",
    "file_uri",
    "cachedContent",
    "cached_content",
}


def survey(body: Mapping[str, Any]) -> Survey:
    """Looks through a body.

    :raises MalformedError: when it is beyond MAX_DEPTH or MAX_NODES
    """
    seen = Survey()
    _look_at(seen, body, "", 0)
    return seen


def answer_text(answer: object) -> str:
    """All text of an answer in LiteLLM's own form, without what the provider says of it: ids, counts, the model's name.

    :raises MalformedError: as survey() does
    """
    if isinstance(answer, dict):
        answer = {name: value for name, value in answer.items() if name not in _ABOUT_THE_ANSWER}
    return survey({"content": answer}).text()


def _look_at(seen: Survey, value: object, under: str, depth: int) -> None:
    """Looks at a value that stands under a key, and at all that is in it, in its order."""
    seen.nodes += 1
    if seen.nodes > MAX_NODES or depth > MAX_DEPTH:
        message = f"the body has more than {MAX_NODES} parts or is nested deeper than {MAX_DEPTH}"
        raise MalformedError(message)
    if isinstance(value, str):
        if under not in _STRUCTURE or _STRUCTURE_WORD.fullmatch(value) is None:
            seen.texts.append(value)
        seen.text_bytes += _bytes_in(value)
    elif value is None or isinstance(value, (int, float)):
        return
    elif isinstance(value, (dict, Mapping)):  # a dict is a Mapping; to ask for it first is quicker
        _mapping(seen, value, under, depth)
    elif isinstance(value, (list, tuple)):
        if _is_token_ids(value, under):
            seen.token_ids += len(value)
            return
        seen.nodes += len(value) if value and isinstance(value[0], (int, float)) else 0
        for item in value:
            if not isinstance(item, (int, float)):
                _look_at(seen, item, under, depth + 1)


def _bytes_in(value: str) -> int:
    return len(value) if value.isascii() else len(value.encode("utf-8", "replace"))


def _mapping(seen: Survey, value: Mapping[str, Any], under: str, depth: int) -> None:
    kind = value.get("type")
    if isinstance(kind, str):
        _part(seen, kind)
    elif "inline_data" in value or "inlineData" in value:
        _inline(seen, value.get("inline_data") or value.get("inlineData"))
    if "cache_control" in value or "cachePoint" in value:
        seen.caching = True
    if under in {"tools", "functions"} and depth in (2, 3):  # members of the body's own list
        _tool(seen, value)
    # All keys first: they must not stand between two values of which one goes on in the next.
    below: list[tuple[str, Any]] = []
    for key, item in value.items():
        if key in _PLAIN_KEYS and under not in _BINARY:
            seen.text_bytes += len(key) + 4
            below.append((key, item))
            continue
        name = str(key)
        _key(seen, name, item)
        if not _is_data(seen, value, under, name, item):
            below.append((name, item))
    for name, item in below:
        _look_at(seen, item, name, depth + 1)


def _key(seen: Survey, name: str, item: object) -> None:
    seen.text_bytes += _bytes_in(name) + 4
    if name not in _USUAL_KEYS:
        seen.texts.append(name)
    if name in _REFERENCES and item:
        seen.references.append(name)
    if name in {"web_search_options", "mcp_servers"} and item:
        seen.hosted_tools.append(name)


def _is_data(seen: Survey, holder: Mapping[str, Any], under: str, name: str, item: object) -> bool:
    """Whether a value is binary data; text that travels as such is taken note of."""
    if not isinstance(item, str):
        return False
    if name == "image_url":
        return item.startswith("data:image/")
    if name not in _BINARY.get(under, ()) or not _is_binary(holder, item):
        return False
    if (decoded := _decoded_text(holder, item)) is not None:
        seen.texts.append(decoded)
        seen.text_bytes += _bytes_in(decoded)
    return True


_ABOUT_THE_ANSWER: Final = frozenset(
    {"id", "object", "created", "created_at", "model", "system_fingerprint", "service_tier", "usage"}
)
# Keys that every request has; all others are text that a model may read, such as names of a tool's parameters.
_USUAL_KEYS: Final = frozenset(
    {
        "model",
        "messages",
        "role",
        "content",
        "type",
        "text",
        "stream",
        "max_tokens",
        "temperature",
        "top_p",
        "n",
        "name",
    }
    | {"tools", "function", "parameters", "properties", "description", "input", "prompt", "system", "image_url", "url"}
    | {"tool_calls", "arguments", "id", "tool_call_id", "detail", "required", "user"}
)
_PLAIN_KEYS: Final = _USUAL_KEYS - {"image_url"}
"""Those of them that hold no binary data."""


def _part(seen: Survey, kind: str) -> None:
    if kind in _IMAGE_PARTS:
        seen.images += 1
    elif kind in _AUDIO_PARTS:
        seen.audio += 1
    elif kind in _FILE_PARTS:
        seen.files += 1


def _inline(seen: Survey, inline: object) -> None:
    mime = str(inline.get("mime_type") or inline.get("mimeType") or "") if isinstance(inline, Mapping) else ""
    if mime.startswith("image/"):
        seen.images += 1
    elif mime.startswith("audio/"):
        seen.audio += 1
    else:
        seen.files += 1


def _tool(seen: Survey, tool: Mapping[str, Any]) -> None:
    kind = tool.get("type")
    function = tool.get("function")
    named = function if isinstance(function, Mapping) else tool
    seen.tools.append(str(named.get("name") or kind or "unnamed"))
    declares = any(
        key in tool
        for key in (
            "input_schema",
            "parameters",
            "function",
            "functionDeclarations",
            "function_declarations",
            "toolSpec",
        )
    )
    if (isinstance(kind, str) and kind not in _FUNCTION_TOOLS) or (kind is None and not declares):
        seen.hosted_tools.append(str(kind or next(iter(tool), "unknown")))


def _is_token_ids(value: list[Any] | tuple[Any, ...], under: str) -> bool:
    return under in {"prompt", "input"} and bool(value) and all(type(item) is int for item in value)


def _is_binary(holder: Mapping[str, Any], item: str) -> bool:
    """Whether a provider decodes this text instead of reading it."""
    if item.startswith("data:"):
        return True
    return holder.get("type") != "text" and ("url" not in holder)


def _decoded_text(holder: Mapping[str, Any], item: str) -> str | None:
    """Text that travels base64-coded, such as a plain-text file; None for anything else."""
    mime = holder.get("media_type") or holder.get("mime_type") or holder.get("mimeType")
    data = item
    if item.startswith("data:"):
        head, _, data = item.partition(",")
        mime = head[len("data:") :]
    if not isinstance(mime, str) or not mime.startswith(("text/", "application/json", "application/xml")):
        return None
    try:
        return base64.b64decode(data, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return data
