from collections.abc import AsyncIterator

import httpx
import pytest
from cerberus_gateway.approvals import store as approvals
from cerberus_gateway.approvals.service import Service
from cerberus_gateway.approvals.store import Store
from redis.asyncio import Redis

from tests.approvals.litellm import FakeLiteLLM
from tests.approvals.service import FakeAudit, browser, service_of


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take longer than a client may wait; tests that are not about waiting must not fail for it."""
    monkeypatch.setattr(approvals, "TIMEOUT_SECONDS", 30.0)


@pytest.fixture
def store(redis: Redis) -> Store:
    return Store(redis, ttl_seconds=3600, approved_ttl_seconds=900)


@pytest.fixture
def litellm() -> FakeLiteLLM:
    return FakeLiteLLM()


@pytest.fixture
def audit() -> FakeAudit:
    return FakeAudit()


@pytest.fixture
def service(store: Store, litellm: FakeLiteLLM, audit: FakeAudit) -> Service:
    return service_of(store, litellm, audit)


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(service) as client:
        yield client
