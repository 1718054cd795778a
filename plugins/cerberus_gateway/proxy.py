"""LiteLLM behind safety edge and audit log: `python3 -m cerberus_gateway.proxy <arguments of litellm>`.

LiteLLM starts its server by uvicorn.run with the name of its app. That one call serves the wrapped app instead; a start
that makes another ends here: the gateway never serves without them. A server that is told to stop tells the front door.
"""

import sys
from collections.abc import MutableMapping
from typing import Any

import uvicorn
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.proxy import proxy_cli
from starlette.types import ASGIApp, Receive, Scope, Send

from cerberus_gateway import settings as config
from cerberus_gateway.audit import books
from cerberus_gateway.audit.client import AuditClient, AuditUnavailable
from cerberus_gateway.audit.lines import Line
from cerberus_gateway.audit.middleware import AuditMiddleware
from cerberus_gateway.audit.open_requests import state
from cerberus_gateway.budgets.edge import BudgetEdge
from cerberus_gateway.drain import Drain, draining_exit
from cerberus_gateway.guarded_start import GuardedStart, config_path
from cerberus_gateway.heap import SettledHeap
from cerberus_gateway.safety.edge import SafetyEdge

LITELLM_APP = "litellm.proxy.proxy_server:app"
UNWRAPPED = ("--run_gunicorn", "--run_hypercorn", "--run_granian", "--reload")
"""Ways to serve that don't pass through here."""


class AuditedApp:
    """LiteLLM's app with the log around it; the log begins and ends with the server."""

    def __init__(self, app: ASGIApp, client: AuditClient) -> None:
        self._app = app
        self._client = client
        self._audited = AuditMiddleware(app, client)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._audited(scope, receive, send)
            return

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._client.start()
                self._client.post(Line("gateway_started", {}))
            elif message["type"] == "lifespan.shutdown.complete":
                await self._stop()
            await send(message)

        await self._app(scope, receive, sending)

    async def _stop(self) -> None:
        try:
            await self._client.event("gateway_stopped", {})
        except AuditUnavailable as error:
            print(f"audit: gateway_stopped is not on record: {error}", file=sys.stderr, flush=True)  # noqa: T201
        await self._client.stop()


def gateway_run(client: AuditClient | None) -> Any:  # noqa: ANN401 - uvicorn.run's own shape
    """What stands in for uvicorn.run.

    :param client: None where the stack keeps no audit log
    """
    run = uvicorn.run

    def stand_in(app: object, *, workers: int | None = None, **options: Any) -> None:  # noqa: ANN401
        if app != LITELLM_APP:
            sys.exit(f"cerberus proxy: LiteLLM serves {app!r}, not {LITELLM_APP}: adapt proxy.py to this release")
        if workers not in {None, 1}:
            sys.exit(f"cerberus proxy: {workers} workers; a container has one. Add replicas instead.")
        from litellm.proxy.proxy_server import app as litellm_app  # noqa: PLC0415 - exists only once LiteLLM is set up

        state.client = client
        if client is not None:
            books.come_after_answers(GLOBAL_LOGGING_WORKER)
        safe = SafetyEdge(BudgetEdge(GuardedStart(litellm_app, config_path(sys.argv[1:]))))
        drain = Drain(SettledHeap(safe if client is None else AuditedApp(safe, client)))
        uvicorn.Server.handle_exit = draining_exit(drain, uvicorn.Server.handle_exit)  # type: ignore[assignment, method-assign]
        run(drain, **options)

    return stand_in


def main() -> None:
    try:
        settings = config.load()
    except config.SettingsError as error:
        sys.exit(f"cerberus proxy: {error}")
    if unwrapped := [argument for argument in sys.argv[1:] if argument.split("=")[0] in UNWRAPPED]:
        sys.exit(f"cerberus proxy: {', '.join(unwrapped)} serves without safety checks and audit log; leave it out")
    client = None if settings.audit is None else AuditClient(settings, config.replica_name())
    uvicorn.run = gateway_run(client)
    proxy_cli.run_server()


if __name__ == "__main__":
    main()
