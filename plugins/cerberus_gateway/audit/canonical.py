"""JSON with one spelling per value: keys sorted, no white space, UTF-8, finite numbers. What the hash chain covers."""

import math
from datetime import UTC, datetime

import orjson

MAX_DEPTH = 32


def dumps(value: object) -> bytes:
    """`value` as canonical JSON. What JSON can't say is put into words: a lost line is worse than an odd one."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # orjson.JSONEncodeError is one
        return orjson.dumps(_clean(value), option=orjson.OPT_SORT_KEYS)


def timestamp() -> str:
    """Now, in UTC with microseconds, such as 2026-11-25T10:00:00.123456Z."""
    return f"{datetime.now(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def _clean(value: object, depth: int = 0) -> object:  # noqa: PLR0911 - one line a type
    if depth > MAX_DEPTH:
        return "(too deep)"
    match value:
        case None | bool():
            return value
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case int():
            return int(value) if -(2**63) <= value < 2**63 else str(value)
        case float():
            return float(value) if math.isfinite(value) else None
        case dict():
            return {str(_clean(str(key))): _clean(item, depth + 1) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_clean(item, depth + 1) for item in value]
    # Its type only: what an unknown object says of itself may be a secret.
    return f"({type(value).__name__})"
