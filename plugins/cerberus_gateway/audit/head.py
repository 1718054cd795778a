"""litellm_audit.head.json: number and hash of the last line, signed. Copies of it show a log that was cut short."""

from typing import Any

import orjson

from cerberus_gateway.audit import chain
from cerberus_gateway.audit.active import replace_file
from cerberus_gateway.audit.canonical import dumps, timestamp
from cerberus_gateway.audit.files import LogDirectory
from cerberus_gateway.audit.signing import Signer, head_text, valid


class Head:
    """The head file of one log."""

    def __init__(self, log: LogDirectory, stack: str, signer: Signer) -> None:
        self._log = log
        self._stack = stack
        self._signer = signer
        self._written: chain.Link | None = None

    def write(self, link: chain.Link, *, durable: bool) -> None:
        """Replaces the file when the log has grown.

        :param durable: waits for the disk; without it a power cut may leave an older head, never one newer than the log
        :raises OSError: when it can't be written
        """
        if link == self._written:
            return
        now = timestamp()
        content = {
            "seq": link.seq,
            "hash": link.hash,
            "timestamp": now,
            "stack": self._stack,
            "signature": self._signer.sign(head_text(self._stack, link.seq, link.hash, now)),
            "public_key": self._signer.public_key,
        }
        replace_file(self._log.head, dumps(content) + b"\n", durable=durable)
        self._written = link

    def compare(self, link: chain.Link, hashes: dict[int, str]) -> str | None:
        """What is wrong with a log that ends at `link`, by its head; None when nothing is.

        :param hashes: hashes of the lines that were read, by number
        """
        try:
            head: dict[str, Any] = orjson.loads(self._log.head.read_bytes())
            text = head_text(head["stack"], head["seq"], head["hash"], head["timestamp"])
            if not valid(text, head["signature"], head["public_key"]):
                return "the head file's signature isn't valid"
            if head["seq"] > link.seq:
                return f"the head file knows line {head['seq']}; the log ends with {link.seq}"
            if hashes.get(head["seq"], head["hash"]) != head["hash"]:
                return f"line {head['seq']} isn't the one the head file knows"
        except FileNotFoundError:
            return None
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return "the head file can't be read"
        return None
