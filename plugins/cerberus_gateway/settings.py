"""cerberus.json: what the gateway's own services and plugins are told. Rendered from the settings, holds no secret.

Parsed once, strictly: an unknown key or a value of another type stops the process with a message that names the path.
"""

import os
from functools import cache
from pathlib import Path
from socket import gethostname
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

DEFAULT_PATH = "/etc/cerberus/cerberus.json"

type Port = Annotated[int, Field(ge=1, le=65535)]
type Count = Annotated[int, Field(ge=1)]


class SettingsError(Exception):
    """cerberus.json can't be used; the text says where and why."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Audit(Section):
    """Where the audit writer is and what a request does without it."""

    host: str
    port: Port
    when_unavailable: Literal["refuse", "allow"]
    wait_seconds: Annotated[float, Field(gt=0)]
    """Longest a request waits for its line to be durable."""
    content: Literal["off", "digest", "masked"]
    """What a line says of prompt and answer: nothing, salted digests, or digests and masked text."""


class Writer(Section):
    """The audit writer's files. Sizes in MiB, times in seconds or days as named."""

    directory: str
    rotate_mib: Count
    rotate_days: Count
    retention_days: Count
    checkpoint_lines: Count
    checkpoint_seconds: Count
    metrics_port: Port
    front_door_port: Port | None = None
    """UDP port that takes the front door's log; null listens to none."""


class Approvals(Section):
    """The approval gate and its page."""

    ttl_seconds: Count
    approved_ttl_seconds: Count
    four_eyes: bool
    port: Port
    litellm_url: str
    webhook: bool
    public_url: str


class Redis(Section):
    """The coordination Redis."""

    host: str
    port: Port


class Settings(Section):
    stack: str
    image: Annotated[str, Field(default_factory=lambda: os.environ.get("CERBERUS_IMAGE", ""))]
    """Image and digest of the configuration come from the container: the file stays the same when only they change."""
    config_hash: Annotated[str, Field(default_factory=lambda: os.environ.get("CERBERUS_CONFIG_HASH", ""))]
    audit: Audit | None
    writer: Writer | None = None
    approvals: Approvals | None
    redis: Redis


def parse(text: str, path: str) -> Settings:
    """The settings in `text`.

    :raises SettingsError: naming every key that is missing, unknown or of another type
    """
    try:
        return Settings.model_validate_json(text)
    except ValidationError as error:
        problems = [
            f"  {'.'.join(map(str, p['loc'])) or '(root)'}: {p['msg']}" for p in error.errors(include_input=False)
        ]
        message = "\n".join([f"{path} is not valid. It is rendered by `pulumi up`; don't edit it.", *problems])
        raise SettingsError(message) from None


@cache
def load() -> Settings:
    """The settings of this process, from the file CERBERUS_SETTINGS names.

    :raises SettingsError: when it can't be read or is not valid
    """
    path = os.environ.get("CERBERUS_SETTINGS", DEFAULT_PATH)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        message = f"{path} can't be read ({error.strerror}). CERBERUS_SETTINGS names the file that `pulumi up` renders."
        raise SettingsError(message) from None
    return parse(text, path)


def replica_name() -> str:
    """Name of the container, such as litellm-1; no two running ones share it."""
    return os.environ.get("CERBERUS_REPLICA") or gethostname()
