"""The service under test, with everything around it in one hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from cerberus_gateway.approvals.auth import KeyCheck
from cerberus_gateway.approvals.decisions import Decisions
from cerberus_gateway.approvals.feed import Feed
from cerberus_gateway.approvals.server import application
from cerberus_gateway.approvals.service import Service
from cerberus_gateway.approvals.sessions import Sessions
from cerberus_gateway.approvals.store import Store
from cerberus_gateway.approvals.throttle import Throttle

from tests.approvals.litellm import FakeLiteLLM

ORIGIN = "http://127.0.0.1:4001"


@dataclass
class FakeAudit:
    lines: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    down: bool = False

    async def event(self, event_type: str, data: dict[str, Any]) -> None:
        if self.down:
            message = "no writer"
            raise ConnectionError(message)
        self.lines.append((event_type, data))


def service_of(
    store: Store, litellm: FakeLiteLLM, audit: FakeAudit, *, four_eyes: bool = True, public_url: str = ORIGIN
) -> Service:
    return Service(
        stack="dev",
        public_url=public_url,
        store=store,
        keys=KeyCheck(litellm.client()),
        decisions=Decisions(store, audit, four_eyes),
        sessions=Sessions("a session key for tests"),
        throttle=Throttle(),
        feed=Feed(store),
    )


@asynccontextmanager
async def browser(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """A client that keeps cookies and says where its forms come from."""
    transport = httpx.ASGITransport(application(service))
    headers = {"origin": service.public_url, "sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(transport=transport, base_url=service.public_url, headers=headers) as client:
        yield client
