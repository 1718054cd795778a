"""The hash chain: each line names the hash of the line before, and carries the hash of its own body.

`verify` is the reference the tests use; operators have `npm run audit -- verify`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from cerberus_gateway.audit import signing
from cerberus_gateway.audit.canonical import dumps

START = "0" * 64
"""What the very first line names as the one before it."""

_PREFIX = b',"hash":"'
_TAIL = len(_PREFIX) + 64 + len(b'"}')


class ChainError(Exception):
    """The log isn't what was written. `position` counts lines from 1."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(f"line {position}: {problem}")
        self.position = position


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


def verify(lines: Iterable[bytes], *, head: dict[str, Any] | None = None, public_key: str | None = None) -> Link:
    """Walks the chain from its first line to its last (lines without newlines).

    :param head: litellm_audit.head.json; shows lines cut off at the end
    :param public_key: the only key whose signatures count, hex; without it those in the log are taken at their word
    :raises ChainError: at the first line that isn't as written
    """
    link, position, past = Link(0, START), 0, {0: START}
    start: Link = link
    pruned = {start}
    for position, line in enumerate(lines, start=1):
        if (found := read(line)) is None:
            raise ChainError(position, "the hash isn't that of the line")
        fields, digest = found
        if seal(dumps(fields))[1] != digest:
            raise ChainError(position, "isn't canonical JSON")
        if position == 1 and fields.get("seq") != 1:
            link = start = Link(int(fields["seq"]) - 1, str(fields["prev"]))
        if fields.get("seq") != link.seq + 1:
            raise ChainError(position, f"number {fields.get('seq')} where {link.seq + 1} belongs")
        if fields.get("prev") != link.hash:
            raise ChainError(position, "names another line as the one before it")
        if fields["event_type"] == "checkpoint" and not _signed(fields, public_key):
            raise ChainError(position, "the checkpoint's signature isn't valid")
        if fields["event_type"] == "log_pruned":
            pruned.add(Link(fields["data"]["last_seq"], fields["data"]["last_hash"]))
        link = Link(link.seq + 1, digest)
        past[link.seq] = digest
    if start not in pruned:
        raise ChainError(1, f"the lines up to {start.seq} are missing, and no line says that they were pruned")
    if head is not None:
        _check_head(head, past, position, public_key)
    return link


def _signed(fields: dict[str, Any], public_key: str | None) -> bool:
    data = fields["data"]
    key = public_key or data["public_key"]
    text = signing.checkpoint_text(fields["stack"], fields["seq"], fields["prev"], fields["timestamp"])
    return data["public_key"] == key and data["head"] == fields["prev"] and signing.valid(text, data["signature"], key)


def _check_head(head: dict[str, Any], past: dict[int, str], position: int, public_key: str | None) -> None:
    text = signing.head_text(head["stack"], head["seq"], head["hash"], head["timestamp"])
    if not signing.valid(text, head["signature"], public_key or head["public_key"]):
        raise ChainError(position, "the head file's signature isn't valid")
    if past.get(head["seq"]) != head["hash"]:
        raise ChainError(position, f"the head file names line {head['seq']} with another hash, or lines are missing")
