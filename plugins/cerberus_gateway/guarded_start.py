"""No start without a guardrail that the configuration names.

LiteLLM leaves out a guardrail whose settings it can't use, says so in its log, and serves without it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import yaml
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def starting(send: Send, last: Callable[[], str | None]) -> Send:
    """Passes on what an app says of its start; once it is done, something is left to do that may make it fail.

    :param last: what is left to do; gives the problem when there is one
    """

    async def sending(message: Message) -> None:
        if message["type"] == "lifespan.startup.complete" and (text := last()) is not None:
            await send({"type": "lifespan.startup.failed", "message": text})
            return
        await send(message)

    return sending


class GuardedStart:
    """An ASGI app around LiteLLM's, which is done starting only with every guardrail.

    :param config: LiteLLM's config.yaml; None when it is started without one
    """

    def __init__(self, app: ASGIApp, config: Path | None) -> None:
        self._app = app
        self._config = config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        await self._app(scope, receive, starting(send, self._problem))

    def _problem(self) -> str | None:
        if not (missing := self._missing()):
            return None
        text = f"cerberus proxy: LiteLLM left out what must check every request: {', '.join(missing)}."
        return f"{text} Its log says why (Skipping guardrail). Nothing is served without it."

    def _missing(self) -> list[str]:
        if self._config is None:
            return []
        from litellm.proxy.guardrails.guardrail_registry import (  # noqa: PLC0415 - in its image only, once it is set up
            IN_MEMORY_GUARDRAIL_HANDLER,
        )

        active = IN_MEMORY_GUARDRAIL_HANDLER.IN_MEMORY_GUARDRAILS.values()
        return missing_guardrails(self._config.read_text("utf-8"), {row["guardrail_name"] for row in active})


def missing_guardrails(config: str, active: set[str]) -> list[str]:
    """Names of guardrails in the text of a config.yaml that are not among the active ones."""
    parsed = yaml.safe_load(config)
    rows = parsed.get("guardrails") if isinstance(parsed, dict) else None
    names = [row.get("guardrail_name") for row in rows or () if isinstance(row, dict)]
    return [name for name in names if isinstance(name, str) and name not in active]


def config_path(arguments: Sequence[str]) -> Path | None:
    """Where `litellm --config FILE` finds its configuration."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--config="):
            return Path(argument.removeprefix("--config="))
        if argument in {"--config", "-c"} and index + 1 < len(arguments):
            return Path(arguments[index + 1])
    return None
