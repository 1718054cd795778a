"""Ed25519 signatures over where the log stands, so that a rewritten log shows even to who trusts no hash in it."""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def checkpoint_text(stack: str, seq: int, prev: str, timestamp: str) -> bytes:
    """What a checkpoint line signs: its own number, and the hash of the line before it."""
    return f"cerberus-audit/1\n{stack}\n{seq}\n{prev}\n{timestamp}\n".encode()


def head_text(stack: str, seq: int, digest: str, timestamp: str) -> bytes:
    """What the head file signs: number and hash of the last line."""
    return f"cerberus-audit-head/1\n{stack}\n{seq}\n{digest}\n{timestamp}\n".encode()


def valid(text: bytes, signature: str, public_key: str) -> bool:
    """Whether `signature` (base64) is that of `public_key` (hex) over `text`; False for what is neither."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            base64.b64decode(signature, validate=True), text
        )
    except (InvalidSignature, ValueError):
        return False
    return True


class Signer:
    """Signs with the key made of AUDIT_SIGNING_KEY, any text: its SHA-256 is the seed."""

    def __init__(self, secret: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(secret.encode()).digest())
        self.public_key = self._key.public_key().public_bytes_raw().hex()

    def sign(self, text: bytes) -> str:
        return base64.b64encode(self._key.sign(text)).decode()
