"""The approvals service: `python3 -m cerberus_gateway.approvals.server`. Page and JSON interface."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from cerberus_gateway import settings
from cerberus_gateway.approvals.api import Api
from cerberus_gateway.approvals.auth import KeyCheck
from cerberus_gateway.approvals.decisions import Decisions
from cerberus_gateway.approvals.feed import Feed
from cerberus_gateway.approvals.headers import SecurityHeaders
from cerberus_gateway.approvals.pages import Pages
from cerberus_gateway.approvals.service import Service
from cerberus_gateway.approvals.sessions import Sessions
from cerberus_gateway.approvals.store import Store, StoreUnavailableError, connect
from cerberus_gateway.approvals.throttle import Throttle
from cerberus_gateway.approvals.webhook import Webhook
from cerberus_gateway.audit.client import AuditClient

LITELLM_SECONDS = 5.0
WEBHOOK_SECONDS = 5.0


def application(service: Service, webhook: Webhook | None = None, audit: AuditClient | None = None) -> Starlette:
    """The web application; its background work runs while it is up."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if audit is not None:
            audit.start()
        work = [asyncio.create_task(service.feed.run())]
        if webhook is not None:
            work.append(asyncio.create_task(webhook.run()))
        try:
            yield
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            if audit is not None:
                await audit.stop()

    async def health(_: Request) -> Response:
        try:
            await service.store.ping()
        except StoreUnavailableError as error:
            return JSONResponse({"status": "unavailable", "message": str(error)}, status_code=503)
        return JSONResponse({"status": "ok"})

    routes: Sequence[BaseRoute] = [Route("/healthz", health), *Api(service).routes(), *Pages(service).routes()]
    return Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(SecurityHeaders)])


def from_settings(told: settings.Settings, approvals: settings.Approvals) -> Starlette:
    """The application that the stack's settings and this process's secrets describe."""
    store = Store(
        connect(told.redis.host, told.redis.port, os.environ.get("REDIS_COORDINATION_PASSWORD")),
        ttl_seconds=approvals.ttl_seconds,
        approved_ttl_seconds=approvals.approved_ttl_seconds,
    )
    audit = None if told.audit is None else audit_client(told, told.audit)
    # Never through a proxy that the environment names: LiteLLM is on our own network, and keys travel with these calls.
    litellm = httpx.AsyncClient(base_url=approvals.litellm_url, timeout=LITELLM_SECONDS, trust_env=False)
    service = Service(
        stack=told.stack,
        public_url=approvals.public_url,
        store=store,
        keys=KeyCheck(litellm),
        decisions=Decisions(store, audit, approvals.four_eyes),
        sessions=Sessions(os.environ.get("APPROVALS_SESSION_KEY", "")),
        throttle=Throttle(),
        feed=Feed(store),
    )
    url = os.environ.get("APPROVALS_WEBHOOK_URL", "")
    if approvals.webhook and not url:
        message = (
            "APPROVALS_WEBHOOK_URL is not set, and approvals.webhook is on. The entrypoint makes it of /run/secrets"
        )
        raise settings.SettingsError(message)
    sender = httpx.AsyncClient(timeout=WEBHOOK_SECONDS)
    webhook = Webhook(store, sender, url, approvals.public_url) if approvals.webhook else None
    return application(service, webhook, audit)


def audit_client(told: settings.Settings, audit: settings.Audit) -> AuditClient:
    """The way to the audit log. A decision is always refused while it can't be written, whatever requests do then."""
    strict = audit.model_copy(update={"when_unavailable": "refuse"})
    return AuditClient(told.model_copy(update={"audit": strict}), settings.replica_name())


def main() -> None:
    try:
        told = settings.load()
        if told.approvals is None:
            sys.exit("approvals: they are off in cerberus.json, so there is nothing to serve")
        app = from_settings(told, told.approvals)
    except (settings.SettingsError, ValueError) as error:
        sys.exit(f"approvals: {error}")
    # It logs the URL of every call at INFO, and the webhook's is a secret.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    uvicorn.run(
        app,
        host="0.0.0.0",  # noqa: S104 - inside its container; the stack publishes it on loopback
        port=told.approvals.port,
        server_header=False,
        access_log=False,
        proxy_headers=False,
        limit_concurrency=200,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
