import asyncio
import time

import pytest
from cerberus_gateway.approvals import store as approvals
from cerberus_gateway.approvals.store import Decision, Store, StoreUnavailableError, connect
from redis.asyncio import Redis

from tests.approvals.requests import REQUEST, request

PRINT = "f" * 64
YES = Decision("approved", "bob", "b" * 64, "fine")
NO = Decision("denied", "bob", "b" * 64, "too dear")


async def ask(store: Store, fingerprint: str = PRINT) -> str:
    return (await store.ask(REQUEST, fingerprint)).id


async def decide(store: Store, approval_id: str, decision: Decision = YES) -> None:
    approval = await store.get(approval_id)
    assert approval is not None
    outcome, token = await store.claim(approval_id)
    assert outcome == "claimed"
    assert await store.decide(approval, token, decision)


async def test_the_same_pending_request_gets_the_same_id(store: Store) -> None:
    asked = await asyncio.gather(*(store.ask(REQUEST, PRINT) for _ in range(100)))

    assert len({one.id for one in asked}) == 1
    assert sorted(one.outcome for one in asked) == ["created"] + ["pending"] * 99
    assert approvals.ID.fullmatch(asked[0].id)


async def test_a_record_holds_what_the_approver_needs_and_expires(store: Store, redis: Redis) -> None:
    approval_id = await ask(store)

    approval = await store.get(approval_id)

    assert approval is not None
    assert approval.status == "pending"
    assert (approval.key_alias, approval.user_id, approval.team_id) == ("alice-app", "alice", "research")
    assert (approval.model, approval.estimate_usd, approval.reasons) == ("gpt-4o", 7.5, REQUEST.reasons)
    assert approval.expires == approval.created + 3600
    assert [one.id for one in await store.recent(10)] == [approval_id]
    for key in await redis.keys("cerberus:*"):
        assert 0 < await redis.ttl(key) <= 3600 + approvals.HISTORY_SECONDS, key


async def test_unknown_facts_and_odd_text_survive(store: Store) -> None:
    odd = request(key_alias=None, user_id=None, team_id=None, estimate_usd=None, preview="\ud800" + "x" * 5_000)
    asked = await store.ask(odd, PRINT)

    approval = await store.get(asked.id)

    assert approval is not None
    assert (approval.key_alias, approval.user_id, approval.team_id, approval.estimate_usd) == (None,) * 4
    assert approval.preview == "?" + "x" * 1_999


async def test_of_200_at_once_exactly_one_passes(redis: Redis) -> None:
    clients = [connect("127.0.0.1", 6379, None) for _ in range(20)]
    stores = [Store(client, ttl_seconds=3600, approved_ttl_seconds=900) for client in clients]
    for round_number in range(5):
        approval_id = await ask(stores[0], f"{round_number:064x}")
        await decide(stores[0], approval_id)

        answers = await asyncio.gather(
            *(stores[i % 20].consume(approval_id, REQUEST.key_hash, f"{round_number:064x}") for i in range(200))
        )

        outcomes = [outcome for outcome, _, _ in answers]
        assert sorted(set(outcomes)) == ["passed", "used"]
        assert outcomes.count("passed") == 1
    for client in clients:
        await client.aclose()
    assert await redis.ping()


async def test_an_approval_is_bound_to_key_and_request(store: Store) -> None:
    approval_id = await ask(store)
    await decide(store, approval_id)

    assert (await store.consume(approval_id, "0" * 64, PRINT))[0] == "unknown"
    assert (await store.consume(approval_id, REQUEST.key_hash, "0" * 64))[0] == "mismatch"
    assert (await store.consume("apr_" + "x" * 22, REQUEST.key_hash, PRINT))[0] == "unknown"
    assert (await store.consume(approval_id, REQUEST.key_hash, PRINT))[0] == "passed"
    assert (await store.consume(approval_id, REQUEST.key_hash, PRINT))[0] == "used"


async def test_pending_and_denied_ones_do_not_pass(store: Store) -> None:
    approval_id = await ask(store)
    assert (await store.consume(approval_id, REQUEST.key_hash, PRINT))[0] == "pending"

    await decide(store, approval_id, NO)

    assert (await store.consume(approval_id, REQUEST.key_hash, PRINT))[::2] == ("denied", "too dear")


async def test_only_pending_ones_can_be_claimed(store: Store) -> None:
    approved, denied, used = [await ask(store, letter * 64) for letter in "abc"]
    await decide(store, approved)
    await decide(store, denied, NO)
    await decide(store, used)
    await store.consume(used, REQUEST.key_hash, "c" * 64)

    for approval_id, state in ((approved, "approved"), (denied, "denied"), (used, "used"), ("apr_no", "unknown")):
        assert (await store.claim(approval_id))[0] == state


async def test_one_approver_at_a_time(store: Store) -> None:
    approval_id = await ask(store)
    approval = await store.get(approval_id)
    assert approval is not None

    claims = await asyncio.gather(*(store.claim(approval_id) for _ in range(50)))

    assert sorted(outcome for outcome, _ in claims) == ["busy"] * 49 + ["claimed"]
    assert not await store.decide(approval, "another token", YES)
    token = next(token for outcome, token in claims if outcome == "claimed")
    await store.release(approval_id, token)
    assert not await store.decide(approval, token, YES)
    assert (await store.claim(approval_id))[0] == "claimed"


async def test_used_requests_are_asked_for_anew_and_decided_ones_are_not(store: Store) -> None:
    first = await ask(store)
    await decide(store, first)
    assert (await store.ask(REQUEST, PRINT)).outcome == "approved"
    await store.consume(first, REQUEST.key_hash, PRINT)
    second = await store.ask(REQUEST, PRINT)
    assert (second.outcome, second.id != first) == ("created", True)
    await decide(store, second.id, NO)

    again = await store.ask(REQUEST, PRINT)

    assert (again.outcome, again.id, again.reason) == ("denied", second.id, "too dear")


async def test_nothing_lasts_longer_than_told(redis: Redis) -> None:
    store = Store(redis, ttl_seconds=1, approved_ttl_seconds=1)
    pending, approved = await ask(store, "a" * 64), await ask(store, "b" * 64)
    await decide(store, approved)
    await asyncio.sleep(2.1)

    assert (await store.claim(pending))[0] == "expired"
    assert (await store.consume(approved, REQUEST.key_hash, "b" * 64))[0] == "expired"
    assert [one.status for one in await store.recent(10)] == ["expired", "expired"]
    assert (await store.ask(REQUEST, "a" * 64)).outcome == "created"


async def test_one_key_can_not_fill_the_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvals, "MOST_OPEN_PER_KEY", 3)
    monkeypatch.setattr(approvals, "MOST_IN_ALL", 5)
    ids = [await ask(store, letter * 64) for letter in "abc"]
    assert (await store.ask(REQUEST, "d" * 64)).outcome == "full_key"

    await decide(store, ids[0], NO)

    assert (await store.ask(REQUEST, "d" * 64)).outcome == "created"
    other = request(key_hash="e" * 64)
    assert (await store.ask(other, "e" * 64)).outcome == "created"
    assert (await store.ask(other, "1" * 64)).outcome == "full"


async def test_a_silent_redis_is_an_error_within_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvals, "TIMEOUT_SECONDS", 0.5)

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    store = Store(connect("127.0.0.1", port, None), ttl_seconds=1, approved_ttl_seconds=1)
    began = time.monotonic()

    with pytest.raises(StoreUnavailableError, match="does not answer"):
        await store.consume("apr_x", "k", "f")

    assert 0.4 < time.monotonic() - began < 5
    server.close()


async def test_no_redis_is_an_error() -> None:
    store = Store(connect("127.0.0.1", 1, None), ttl_seconds=1, approved_ttl_seconds=1)

    with pytest.raises(StoreUnavailableError):
        await store.ask(REQUEST, PRINT)


async def test_a_dropped_connection_is_opened_again(store: Store, redis: Redis) -> None:
    approval_id = await ask(store)
    other = connect("127.0.0.1", 6379, None)
    await other.client_kill_filter(_type="normal", skipme=True)

    assert (await store.get(approval_id)) is not None
    assert await redis.ping()
    await other.aclose()
