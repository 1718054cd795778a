"""The ledger in a real Redis: nothing is spent twice, nothing that is reserved is forgotten."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import cast

import pytest
from cerberus_gateway.approvals.store import connect
from cerberus_gateway.budgets import ledger as ledgers
from cerberus_gateway.budgets.accounts import Account
from cerberus_gateway.budgets.ledger import Full, Ledger, LedgerUnavailableError, Reservation
from redis.asyncio import Redis

from tests.budgets.scene import SlowRedis, account

KEY = account()
TEAM = account("team:t", 0.5, whose="the team t")


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "TIMEOUT_SECONDS", 30.0)


@pytest.fixture
def ledger(redis: Redis) -> Ledger:
    return Ledger(redis)


async def reserve(ledger: Ledger, call: str, usd: float, *accounts: Account, lease: float = 60) -> Reservation | Full:
    return await ledger.reserve(accounts or (KEY,), call, usd, lease)


async def reserved(ledger: Ledger, call: str, usd: float, *accounts: Account, lease: float = 60) -> Reservation:
    answer = await reserve(ledger, call, usd, *accounts, lease=lease)
    assert isinstance(answer, Reservation)
    return answer


async def used(redis: Redis, name: str = "key:a") -> float:
    return float(await cast("Awaitable[str | None]", redis.hget(f"cerberus:budget:{name}", "used")) or "nan")


async def test_a_hundred_at_once_get_exactly_what_there_is(ledger: Ledger) -> None:
    answers = await asyncio.gather(*(reserve(ledger, str(n), 0.03) for n in range(100)))

    assert sum(isinstance(one, Reservation) for one in answers) == 33


async def test_a_hundred_that_end_at_once_have_cost_what_they_cost(ledger: Ledger, redis: Redis) -> None:
    made = await asyncio.gather(*(reserved(ledger, str(n), 0.01) for n in range(100)))

    await asyncio.gather(*(ledger.settle(one, 0.001) for one in made))

    assert await used(redis) == pytest.approx(0.1)
    assert isinstance(await reserve(ledger, "b", 0.9), Reservation)
    assert isinstance(await reserve(ledger, "c", 0.000_1), Full)


async def test_the_real_cost_takes_the_reservation_s_place_once(ledger: Ledger, redis: Redis) -> None:
    first = await reserved(ledger, "a", 1.0)
    assert isinstance(await reserve(ledger, "b", 0.1), Full)

    assert await ledger.settle(first, 0.25) == 1
    assert await ledger.settle(first, 0.25) == 0

    assert await used(redis) == pytest.approx(0.25)
    await ledger.add(first, 0.05)
    assert await used(redis) == pytest.approx(0.3)


async def test_a_step_that_is_sent_twice_counts_once(ledger: Ledger, redis: Redis) -> None:
    for _ in range(2):
        await reserved(ledger, "a", 0.6)

    assert await used(redis) == pytest.approx(0.6)


async def test_one_account_without_room_reserves_in_none(ledger: Ledger) -> None:
    full = await reserve(ledger, "a", 0.6, KEY, TEAM)

    assert isinstance(full, Full)
    assert full.account == TEAM
    assert full.used_usd == 0
    assert isinstance(await reserve(ledger, "b", 1.0, KEY), Reservation)


async def test_the_first_figure_is_the_database_s_and_later_ones_are_not_looked_at(ledger: Ledger) -> None:
    assert isinstance(await reserve(ledger, "a", 0.3, account(spent_usd=0.8)), Full)
    await reserved(ledger, "b", 0.2, account(spent_usd=0.8))

    for stale in (0.0, 0.5, 9.0):
        full = await reserve(ledger, "c", 0.1, account(spent_usd=stale))
        assert isinstance(full, Full)
        assert full.used_usd == pytest.approx(1.0)


async def test_a_raised_limit_holds_at_once(ledger: Ledger) -> None:
    await reserved(ledger, "a", 1.0)

    assert isinstance(await reserve(ledger, "b", 0.5), Full)
    assert isinstance(await reserve(ledger, "c", 0.5, account(max_usd=1.5)), Reservation)


async def test_a_new_period_begins_at_its_own_figure_with_what_is_in_flight(ledger: Ledger, redis: Redis) -> None:
    await ledger.settle(await reserved(ledger, "a", 0.6, account(period=100)), 0.6)
    flying = await reserved(ledger, "b", 0.3, account(period=100))

    # A replica that has not looked since does not bring the old one back, nor does one that does not know.
    await reserved(ledger, "c", 0.5, account(period=200))
    assert isinstance(await reserve(ledger, "d", 0.3, account(period=100, spent_usd=0.0)), Full)
    assert isinstance(await reserve(ledger, "e", 0.3, account(period=0)), Full)
    assert await used(redis) == pytest.approx(0.8)

    await ledger.settle(flying, 0.1)
    assert await used(redis) == pytest.approx(0.6)


async def test_a_reservation_that_nobody_settles_counts_in_full(ledger: Ledger) -> None:
    lost = await reserved(ledger, "a", 0.4, lease=0)
    full = await reserve(ledger, "b", 0.7)
    assert isinstance(full, Full)
    assert full.used_usd == pytest.approx(0.4)

    await ledger.settle(lost, 0.1)

    assert isinstance(await reserve(ledger, "c", 0.9), Reservation)


async def test_an_account_stays_while_something_is_open_and_then_its_own_time(ledger: Ledger, redis: Redis) -> None:
    names = ("cerberus:budget:key:a", "cerberus:budget:key:a:open")
    first = await reserved(ledger, "a", 0.4, lease=600)
    second = await reserved(ledger, "b", 0.2, lease=60)
    assert [await redis.ttl(name) for name in names] == pytest.approx([720, 720], abs=2)

    await ledger.settle(first, 0.1)
    assert await redis.ttl(names[0]) == pytest.approx(180, abs=2)
    await ledger.settle(second, 0.1)
    assert await redis.ttl(names[0]) == pytest.approx(120, abs=2)

    # What is refused does not prolong it.
    await redis.expire(names[0], 50)
    assert isinstance(await reserve(ledger, "c", 9.0), Full)
    assert await redis.ttl(names[0]) <= 50


async def test_after_its_time_the_database_s_figure_counts_again(ledger: Ledger, redis: Redis) -> None:
    brief = account(keep_seconds=1, spent_usd=0.0)
    late = await reserved(ledger, "a", 1.0, brief, lease=0)
    assert isinstance(await reserve(ledger, "b", 0.5, brief), Full)

    await asyncio.sleep(1.2)

    await reserved(ledger, "b", 0.5, account(spent_usd=0.2))
    await ledger.settle(late, 0.0)
    assert await used(redis) == pytest.approx(0.7)


async def test_no_redis_is_said_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "TIMEOUT_SECONDS", 1.0)
    nobody = connect("127.0.0.1", 1, None)

    with pytest.raises(LedgerUnavailableError):
        await Ledger(nobody).reserve((KEY,), "a", 0.1, 60)


@pytest.fixture
async def slow() -> AsyncIterator[SlowRedis]:
    async with SlowRedis().serving() as proxy:
        yield proxy


@pytest.mark.parametrize("keeps", ["keeps_requests", "keeps_answers"])
async def test_what_redis_does_not_say_in_time_is_refused_and_given_back(
    slow: SlowRedis, redis: Redis, monkeypatch: pytest.MonkeyPatch, keeps: str
) -> None:
    monkeypatch.setattr(ledgers, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(ledgers, "RETRIES_SECONDS", (0.5, 0.5, 0.5))
    client = connect("127.0.0.1", slow.port, None)
    ledger = Ledger(client)
    await reserved(ledger, "a", 0.1)
    getattr(slow, keeps)()

    for call in "bc":
        with pytest.raises(LedgerUnavailableError):
            await ledger.reserve((KEY,), call, 0.2, 60)
    slow.goes_on()
    await asyncio.sleep(0.1)

    # The first is made by now, and counts until Redis has been told that nothing was spent. The second was never sent:
    # its connection was not made in time.
    assert await used(redis) == pytest.approx(0.3)
    await ledger.settled()
    assert await used(redis) == pytest.approx(0.1)
    await client.aclose()


async def test_a_cost_that_redis_can_t_be_told_is_told_later(
    slow: SlowRedis, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(ledgers, "RETRIES_SECONDS", (0.2, 0.2, 0.2))
    client = connect("127.0.0.1", slow.port, None)
    ledger = Ledger(client)
    made = await reserved(ledger, "a", 0.5)
    slow.keeps_answers()

    ledger.settle_soon(made, 0.2)
    await asyncio.sleep(0.4)
    slow.goes_on()
    await ledger.settled()

    assert await used(redis) == pytest.approx(0.2)
    await client.aclose()


async def test_a_budget_holds_while_redis_is_slow_now_and_then(
    slow: SlowRedis, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers, "TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(ledgers, "RETRIES_SECONDS", (0.3, 0.3, 0.3))
    clients = [connect("127.0.0.1", slow.port, None) for _ in range(2)]
    replicas = [Ledger(client) for client in clients]
    spent: list[float] = []

    async def clientele(number: int) -> None:
        for turn in range(20):
            ledger = replicas[(number + turn) % 2]
            try:
                answer = await ledger.reserve((KEY,), f"{number}-{turn}", 0.02, 60)
            except LedgerUnavailableError:
                continue
            if isinstance(answer, Reservation):
                await asyncio.sleep(0.02)
                spent.append(0.015)
                ledger.settle_soon(answer, 0.015)

    async def hiccups() -> None:
        for keeps in (slow.keeps_requests, slow.keeps_answers) * 3:
            keeps()
            await asyncio.sleep(0.3)
            slow.goes_on()
            await asyncio.sleep(0.1)

    await asyncio.gather(hiccups(), *(clientele(number) for number in range(20)))
    for ledger in replicas:
        await ledger.settled()

    assert sum(spent) <= 1.0
    assert sum(spent) > 0.5
    assert await used(redis) >= sum(spent) - 1e-9
    for client in clients:
        await client.aclose()
