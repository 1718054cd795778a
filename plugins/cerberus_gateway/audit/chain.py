"""The hash chain: each line names the hash of the line before, and carries the hash of its own body.

Checked by `npm run audit -- verify`, and in the tests by plugins/tests/audit/verifier.py.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

START = "0" * 64
"""What the very first line names as the one before it."""

_PREFIX = b',"hash":"'
_TAIL = len(_PREFIX) + 64 + len(b'"}')


@dataclass(frozen=True, slots=True)
class Link:
    """Where a chain stands: the last line's number and hash."""

    seq: int
    hash: str


def seal(body: bytes) -> tuple[bytes, str]:
    """The line of a body (newline included) and its hash."""
    digest = hashlib.sha256(body).hexdigest()
    return b'%s,"hash":"%s"}\n' % (body[:-1], digest.encode()), digest


def unseal(line: bytes) -> tuple[bytes, str] | None:
    """Body and hash of a line without its newline, or None when it isn't one that `seal` made."""
    tail = line[-_TAIL:]
    if len(line) <= _TAIL or not tail.startswith(_PREFIX) or not tail.endswith(b'"}'):
        return None
    body = line[:-_TAIL] + b"}"
    digest = hashlib.sha256(body).hexdigest()
    return (body, digest) if tail[len(_PREFIX) : -2] == digest.encode() else None


def read(line: bytes) -> tuple[dict[str, Any], str] | None:
    """Fields and hash of a whole, unharmed line without its newline; None for anything else."""
    if (parts := unseal(line)) is None:
        return None
    try:
        fields = orjson.loads(parts[0])
    except orjson.JSONDecodeError:
        return None
    return (fields, parts[1]) if isinstance(fields, dict) else None
