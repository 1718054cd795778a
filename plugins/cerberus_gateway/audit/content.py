"""What a line says of prompt and answer: salted digests, and masked text where the stack asks for it."""

import hmac
from functools import cache
from hashlib import sha256
from typing import Any

import orjson

from cerberus_gateway.audit.canonical import dumps
from cerberus_gateway.audit.masking import mask

PROMPT_FIELDS = ("system", "instructions", "messages", "prompt", "input", "query", "documents", "contents", "tools")
"""The fields of a request body that are its prompt, whatever the route."""
MAX_DEPTH = 12


@cache
def _keyed(salt: bytes) -> hmac.HMAC:
    """To be copied: to set one up takes longer than to digest a usual prompt."""
    return hmac.new(salt, digestmod=sha256)


def prompt_digest(salt: bytes, body: object, raw: bytes) -> str:
    """HMAC-SHA256 of a prompt: of its fields as canonical JSON, or of the raw bytes of a body that has none."""
    fields = {name: body[name] for name in PROMPT_FIELDS if name in body} if isinstance(body, dict) else {}
    digest = _keyed(salt).copy()
    digest.update(dumps(fields) if fields else raw)
    return digest.hexdigest()


def response_digest(salt: bytes) -> hmac.HMAC:
    """An HMAC-SHA256 to feed with the answer's bytes as the client gets them."""
    return _keyed(salt).copy()


def prompt_text(body: object) -> str:
    """The masked text of a prompt."""
    if not isinstance(body, dict):
        return ""
    return mask("\n".join(_texts({name: body[name] for name in PROMPT_FIELDS if name in body and name != "tools"})))


def answer_text(body: object, stream: bytes) -> str:
    """The masked text of an answer: of a JSON body, or of the server-sent events of a stream."""
    if body is not None:
        return mask("\n".join(_texts(body)))
    return mask("".join(text for event in events(stream) for text in _texts(event)))


def events(stream: bytes, word: bytes = b"") -> list[dict[str, Any]]:
    """The JSON objects of a stream's `data:` lines that hold `word`; a line cut off at either end is left out."""
    found = []
    for line in stream.split(b"\n"):
        if word in line and line.startswith(b"data: {"):
            try:
                found.append(orjson.loads(line[6:]))
            except orjson.JSONDecodeError:
                continue
    return found


_TEXT_KEYS = frozenset({"content", "text", "delta", "arguments", "prompt", "input", "query", "system", "instructions"})


def _texts(value: object, depth: int = 0, *, said: bool = False) -> list[str]:
    """Every text that was said: strings under the names that APIs use for it."""
    if depth > MAX_DEPTH:
        return []
    if isinstance(value, str):
        return [value] if said else []
    if isinstance(value, list):
        return [text for item in value for text in _texts(item, depth + 1, said=said)]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in _texts(item, depth + 1, said=key in _TEXT_KEYS)]
    return []
