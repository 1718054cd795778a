"""Which models and routes a key may use, by the metadata of the key and its team. What a client sends has no say."""

from collections.abc import Mapping
from typing import Any, Final

from cerberus_gateway.safety.decisions import refused

_LISTS: Final = (
    "cerberus_allowed_models",
    "cerberus_denied_models",
    "cerberus_allowed_routes",
    "cerberus_denied_routes",
)


def check_access(team: Mapping[str, Any], key: Mapping[str, Any], models: list[str], route: str) -> None:
    """Refuses a model or route that the team or the key does not allow: both have to.

    :raises HTTPException: model_not_allowed, route_not_allowed; safety_unavailable for metadata that can't be read
    """
    for holder, metadata in (("team", team), ("key", key)):
        if metadata.keys().isdisjoint(_LISTS):
            continue
        lists = {name: _names(metadata, name, holder) for name in _LISTS}
        for model in models:
            if not _allows(model, lists["cerberus_allowed_models"], lists["cerberus_denied_models"]):
                message = f"this {holder} may not use the model {model}; ask its owner to allow it"
                raise refused("model_not_allowed", message, param="model")
        if not _allows(route, lists["cerberus_allowed_routes"], lists["cerberus_denied_routes"]):
            raise refused("route_not_allowed", f"this {holder} may not use {route}; ask its owner to allow it")


def _names(metadata: Mapping[str, Any], name: str, holder: str) -> list[str] | None:
    value = metadata.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        message = f"{name} of this {holder} must be a list of names; its owner has to correct it"
        raise refused("safety_unavailable", message)
    return value


def _allows(name: str, allowed: list[str] | None, denied: list[str] | None) -> bool:
    if denied is not None and any(_matches(name, pattern) for pattern in denied):
        return False
    return allowed is None or any(_matches(name, pattern) for pattern in allowed)


def _matches(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
