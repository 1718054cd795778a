import asyncio
from collections.abc import AsyncIterator

import pytest
from cerberus_gateway.approvals.store import connect
from cerberus_gateway.budgets import ledger as ledgers
from cerberus_gateway.budgets.ledger import Full, Ledger, LedgerUnavailableError, Reservation
from cerberus_gateway.budgets.settings import Budget
from redis.asyncio import Redis

ALL = Budget(name="gateway", provider=None, max_usd=1.0, period="30d")
OPENAI = Budget(name="provider-openai", provider="openai", max_usd=0.5, period="30d")


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "TIMEOUT_SECONDS", 30.0)


@pytest.fixture
async def redis() -> AsyncIterator[Redis]:
    client = connect("127.0.0.1", 6379, None)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
def ledger(redis: Redis) -> Ledger:
    return Ledger(redis)


async def reserve(ledger: Ledger, call: str, usd: float, *budgets: Budget, lease: float = 60) -> Reservation | Full:
    return await ledger.reserve(budgets or (ALL,), call, usd, lease)


async def test_a_hundred_at_once_get_exactly_what_there_is(ledger: Ledger) -> None:
    answers = await asyncio.gather(*(reserve(ledger, str(n), 0.03) for n in range(100)))

    assert sum(isinstance(one, Reservation) for one in answers) == 33


async def test_the_real_cost_takes_the_reservation_s_place(ledger: Ledger) -> None:
    reserved = await reserve(ledger, "a", 1.0)
    assert isinstance(reserved, Reservation)
    assert isinstance(await reserve(ledger, "b", 0.1), Full)

    await ledger.settle(reserved, 0.25)

    full = await reserve(ledger, "c", 0.76)
    assert isinstance(full, Full)
    assert full.used_usd == pytest.approx(0.25)
    assert isinstance(await reserve(ledger, "d", 0.75), Reservation)


async def test_one_budget_without_room_reserves_in_none(ledger: Ledger) -> None:
    full = await reserve(ledger, "a", 0.6, ALL, OPENAI)

    assert isinstance(full, Full)
    assert full.budget == OPENAI
    assert isinstance(await reserve(ledger, "b", 1.0, ALL), Reservation)


async def test_a_reservation_that_nobody_settles_counts_as_spent_once_it_lapses(ledger: Ledger) -> None:
    lost = await reserve(ledger, "a", 0.4, lease=0)
    full = await reserve(ledger, "b", 0.7)
    assert isinstance(lost, Reservation)
    assert isinstance(full, Full)
    assert full.used_usd == pytest.approx(0.4)

    await ledger.settle(lost, 0.1)

    assert isinstance(await reserve(ledger, "c", 0.9), Reservation)


async def test_everything_expires(ledger: Ledger, redis: Redis) -> None:
    reserved = await reserve(ledger, "a", 0.4)
    assert isinstance(reserved, Reservation)
    await ledger.settle(reserved, 0.4)
    await reserve(ledger, "b", 0.4)

    keys = await redis.keys("cerberus:budget:*")

    assert len(keys) == 2
    assert all([0 < await redis.ttl(key) < 40 * 86_400 for key in keys])


async def test_no_redis_is_said_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "TIMEOUT_SECONDS", 1.0)
    nobody = connect("127.0.0.1", 1, None)

    with pytest.raises(LedgerUnavailableError):
        await Ledger(nobody).reserve((ALL,), "a", 0.1, 60)
