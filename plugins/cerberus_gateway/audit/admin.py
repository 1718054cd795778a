"""What an administrative request was about: which operation on whom, which fields it set. Never a key itself."""

from typing import Any

from cerberus_gateway.audit.identity import hash_key

MAX_TARGETS = 100
MAX_TEXT = 200
_NAMES = (
    "key_alias",
    "key_aliases",
    "team_id",
    "team_ids",
    "team_alias",
    "user_id",
    "user_ids",
    "user_role",
    "budget_id",
    "organization_id",
    "organization_alias",
    "project_id",
    "model_name",
    "model_id",
    "id",
    "name",
    "credential_name",
    "guardrail_name",
    "tag",
)
"""Fields that say whom an operation is about; their values are names, not secrets."""
_KEYS = ("key", "keys", "token", "tokens")


def change(method: str, path: str, request: object, response: object) -> dict[str, Any]:
    """Facts of an admin_change or admin_read.

    :param request: the request's JSON body, or its query as a mapping
    :param response: the answer's JSON body: an id that the gateway made up stands there
    """
    target = _names(response) | _names(request)
    if hashes := _key_hashes(request) | _key_hashes(response):
        target["key_hashes"] = sorted(hashes)[:MAX_TARGETS]
    facts: dict[str, Any] = {"operation": f"{method} {path}"}
    if target:
        facts["target"] = target
    if isinstance(request, dict) and request:
        facts["fields"] = sorted(str(name)[:MAX_TEXT] for name in request)[:MAX_TARGETS]
    return facts


def _names(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        return {}
    return {name: short for name in _NAMES if (short := _short(body.get(name))) is not None}


def _key_hashes(body: object) -> set[str]:
    return {digest for name in _KEYS for digest in _hashes(body.get(name))} if isinstance(body, dict) else set()


def _short(value: object) -> str | list[str] | None:
    if isinstance(value, str):
        # Whoever puts a key where a name belongs doesn't get it logged.
        return hash_key(value) if value.startswith("sk-") else value[:MAX_TEXT]
    if isinstance(value, list):
        return [
            short for item in value[:MAX_TARGETS] if isinstance(item, str) and isinstance(short := _short(item), str)
        ]
    return None


def _hashes(value: object) -> list[str]:
    """Hashes of keys; what doesn't begin with sk- is the hash already."""
    if isinstance(value, list):
        return [digest for item in value[:MAX_TARGETS] for digest in _hashes(item)]
    if not isinstance(value, str):
        return []
    return [value if len(value) == 64 and value.isalnum() else hash_key(value)]  # noqa: PLR2004 - hex digits of a SHA-256
