"""A guard on a ledger that does as it is told, and the request that the edge has begun."""

import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from cerberus_gateway.budgets.guard import Guard
from cerberus_gateway.budgets.spend import Spend, current, under_way

from tests.budgets.scene import GATEWAY, OPENAI, FakeLedger


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """No router: prices are those of the map."""
    server = SimpleNamespace(llm_router=None, general_settings={})
    monkeypatch.setitem(sys.modules, "litellm.proxy.proxy_server", server)
    monkeypatch.setattr("litellm.proxy.proxy_server", server, raising=False)
    return server


@pytest.fixture
def spend() -> Iterator[Spend]:
    """The request that the edge has begun."""
    begun = Spend()
    token, no_attempt = current.set(begun), under_way.set(None)
    yield begun
    under_way.reset(no_attempt)
    current.reset(token)


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger()


@pytest.fixture
def guard(ledger: FakeLedger) -> Guard:
    return Guard((GATEWAY, OPENAI), ledger, 600)  # type: ignore[arg-type]
