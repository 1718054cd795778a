"""Which request an approval is for: the fingerprint that the approved request and its retry share.

SHA-256 over the canonical JSON (keys sorted, no white space, ASCII) of `[key hash, route, body]`. The body is the
client's, without `metadata` (trace ids that SDKs renew with each attempt) and `stream_options` (asks for a usage
block, changes no answer). Everything else counts as it was sent: `1` and `1.0`, a model's alias and its name, and the
order of a list all make another request.
"""

import hashlib
import json
from typing import Any

from cerberus_gateway.approvals.request import GateRequest

IGNORED = frozenset({"metadata", "stream_options"})


class NotBindableError(Exception):
    """The body is not plain JSON, so no approval can be tied to it."""


def fingerprint(request: GateRequest) -> str:
    """The request's fingerprint, 64 hex digits.

    :raises NotBindableError: when the body holds files or is nested too deeply
    """
    body: dict[str, Any] = {key: value for key, value in request.body.items() if key not in IGNORED}
    try:
        text = json.dumps([request.key_hash, request.route, body], sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise NotBindableError from error
    return hashlib.sha256(text.encode()).hexdigest()
