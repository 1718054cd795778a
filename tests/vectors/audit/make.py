"""Wrote the golden files beside it, once: `python3 tests/vectors/audit/make.py` (Python 3.11, cryptography 48).

Independent of the writer (plugins/) and of the reader (ops/audit/): it only knows the format. Run again, it gives the
same bytes, the gzip file included (its header carries no time).
"""

import base64
import gzip
import hashlib
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = Path(__file__).parent
SIGNING_KEY = "golden signing key, known to everybody"
KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(SIGNING_KEY.encode()).digest())
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
STACK = "golden"


class State:
    """Where the chain has come to."""

    seq = 0
    hash = "0" * 64
    timestamp = ""


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sign(text: str) -> str:
    return base64.b64encode(KEY.sign(text.encode())).decode()


def line(timestamp: str, event_type: str, id_: str, data: dict[str, object]) -> str:
    body = canonical(
        {
            "data": data,
            "event_type": event_type,
            "id": id_,
            "prev": State.hash,
            "seq": State.seq + 1,
            "stack": STACK,
            "timestamp": timestamp,
            "v": 1,
        }
    )
    digest = hashlib.sha256(body.encode()).hexdigest()
    State.seq, State.hash, State.timestamp = State.seq + 1, digest, timestamp
    return f'{body[:-1]},"hash":"{digest}"}}\n'


def checkpoint(timestamp: str, id_: str, lines: int) -> str:
    seq, prev = State.seq + 1, State.hash
    signature = sign(f"cerberus-audit/1\n{STACK}\n{seq}\n{prev}\n{timestamp}\n")
    data = {"lines": lines, "head": prev, "signature": signature, "public_key": PUBLIC}
    return line(timestamp, "checkpoint", id_, data)


def head() -> str:
    seq, digest, timestamp = State.seq, State.hash, State.timestamp
    signature = sign(f"cerberus-audit-head/1\n{STACK}\n{seq}\n{digest}\n{timestamp}\n")
    return canonical(
        {
            "seq": seq,
            "hash": digest,
            "timestamp": timestamp,
            "stack": STACK,
            "signature": signature,
            "public_key": PUBLIC,
        }
    )


def at(second: int, micro: int = 0) -> str:
    return f"2026-11-25T10:00:{second:02d}.{micro:06d}Z"


rotated = [
    line(
        at(0),
        "log_opened",
        "w-1",
        {"image": "cerberus-gateway/litellm@sha256:" + "d" * 64, "config_hash": "0123456789ab"},
    ),
    line(
        at(1, 123456),
        "chat_completion_success",
        "11111111-1111-4111-8111-111111111111",
        {
            "model": "gpt-4o-mini",
            "requested_model": "gpt-4o-mini",
            "response_time_ms": 1250.5,
            "usage": {"prompt_tokens": 50, "completion_tokens": 100, "total_tokens": 150},
            "cost_usd": 6.75e-05,
            "status": 200,
            "tags": ["größe", "日本語", "😀", 'quote " and \\ back', "tab\tand\u001fcontrol", "</script>"],
            "guardrails": [{"guardrail": "cerberus_safety", "action": "allowed"}],
            "ключ": 1,
            "😀": 2,
            "\ue000": 3,
        },
    ),
    line(
        at(2),
        "chat_completion_started",
        "22222222-2222-4222-8222-222222222222:started",
        {"stream": True, "model": "gpt-4o-mini"},
    ),
    checkpoint(at(3), "w-2", 3),
    line(at(4), "log_rotated", "w-3", {"file": "litellm_audit-000000000001.jsonl.gz"}),
]
active = [
    line(
        at(5),
        "chat_completion_interrupted",
        "22222222-2222-4222-8222-222222222222",
        {"stream": True, "cost_usd": 0.0, "usage": None},
    ),
    line(
        at(6),
        "guardrail_denied",
        "33333333-3333-4333-8333-333333333333",
        {"status": 400, "error": {"code": "content_blocked"}, "cost_usd": 1e22},
    ),
    line(
        at(7),
        "torn_line",
        "w-4",
        {"bytes": base64.b64encode(b'{"data":{"model":"torn in the mid').decode(), "part": 1, "parts": 1},
    ),
    line(at(8), "admin_change", "w-5", {"operation": "key/generate", "target": {"key_alias": "agent"}}),
    checkpoint(at(9), "w-6", 6),
    line(at(10), "gateway_stopped", "w-7", {"replica": "litellm-1"}),
]

packed = gzip.compress("".join(rotated).encode(), mtime=0)
(HERE / "litellm_audit-000000000001.jsonl.gz").write_bytes(packed)
(HERE / "litellm_audit.jsonl").write_text("".join(active), encoding="utf-8")
(HERE / "litellm_audit.head.json").write_text(head(), encoding="utf-8")
(HERE / "public-key.txt").write_text(f"{PUBLIC}\n", encoding="utf-8")
