"""A second, independent reading of the log's rules: says whether a log is what was written, and where it isn't."""

from collections.abc import Iterable
from typing import Any

from cerberus_gateway.audit import signing
from cerberus_gateway.audit.canonical import dumps
from cerberus_gateway.audit.chain import START, Link, read, seal


class ChainError(Exception):
    """The log isn't what was written. `position` counts lines from 1."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(f"line {position}: {problem}")
        self.position = position


class Verifier:
    """Walks a chain line by line (without newlines)."""

    def __init__(self, public_key: str | None = None) -> None:
        """:param public_key: the only key whose signatures count, hex; None takes those in the log at their word"""
        self.key = public_key
        self.position = 0
        self.start = self.link = Link(0, START)
        self.pruned = {self.start}
        self.hashes = {0: START}

    def take(self, line: bytes) -> dict[str, Any]:
        self.position += 1
        if (found := read(line)) is None:
            raise ChainError(self.position, "the hash isn't that of the line")
        fields, digest = found
        if self.position == 1 and fields["seq"] != 1:
            self.start = self.link = Link(int(fields["seq"]) - 1, str(fields["prev"]))
        self._check(fields, digest)
        if fields["event_type"] == "log_pruned":
            self.pruned.add(Link(fields["data"]["last_seq"], fields["data"]["last_hash"]))
        self.link = Link(fields["seq"], digest)
        self.hashes[fields["seq"]] = digest
        return fields

    def finish(self, head: dict[str, Any] | None = None) -> Link:
        """:param head: litellm_audit.head.json; shows lines that were cut off at the end"""
        if self.start not in self.pruned:
            raise ChainError(1, "lines are missing before this one, and no line says that they were pruned")
        if head is not None:
            text = signing.head_text(head["stack"], head["seq"], head["hash"], head["timestamp"])
            if not signing.valid(text, head["signature"], self.key or head["public_key"]):
                raise ChainError(self.position, "the head file's signature isn't valid")
            if self.hashes.get(head["seq"]) != head["hash"]:
                raise ChainError(self.position, f"line {head['seq']} isn't the one the head file knows, or is missing")
        return self.link

    def _check(self, fields: dict[str, Any], digest: str) -> None:
        if seal(dumps(fields))[1] != digest:
            raise ChainError(self.position, "isn't canonical JSON")
        if fields["seq"] != self.link.seq + 1:
            raise ChainError(self.position, f"number {fields['seq']} where {self.link.seq + 1} belongs")
        if fields["prev"] != self.link.hash:
            raise ChainError(self.position, "names another line as the one before it")
        if fields["event_type"] == "checkpoint" and not self._signed(fields):
            raise ChainError(self.position, "the checkpoint's signature isn't valid")

    def _signed(self, fields: dict[str, Any]) -> bool:
        data = fields["data"]
        key = self.key or data["public_key"]
        text = signing.checkpoint_text(fields["stack"], fields["seq"], fields["prev"], fields["timestamp"])
        return bool(data["head"] == fields["prev"] and signing.valid(text, data["signature"], key))


def verify(
    lines: Iterable[bytes], *, head: dict[str, Any] | None = None, public_key: str | None = None
) -> list[dict[str, Any]]:
    """The fields of every line.

    :raises ChainError: at the first line that isn't as written
    """
    verifier = Verifier(public_key)
    fields = [verifier.take(line) for line in lines]
    verifier.finish(head)
    return fields
