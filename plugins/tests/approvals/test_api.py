import asyncio
import json
from typing import Any

import httpx
import pytest
from cerberus_gateway.approvals.service import Service
from cerberus_gateway.approvals.store import Store, connect
from cerberus_gateway.approvals.watch import events
from redis.asyncio import Redis

from tests.approvals.litellm import MASTER, FakeLiteLLM
from tests.approvals.requests import REQUEST, request
from tests.approvals.service import FakeAudit, browser, service_of

BOB = {"authorization": "Bearer sk-bob"}
WHY = {"reason": "needed for the\nrelease"}


@pytest.fixture
async def approval_id(store: Store) -> str:
    return (await store.ask(REQUEST, "f" * 64)).id


async def test_approving_is_audited_and_takes_effect(
    client: httpx.AsyncClient, store: Store, audit: FakeAudit, approval_id: str
) -> None:
    answer = await client.post(f"/api/approvals/{approval_id}/approve", headers=BOB, json=WHY)

    assert answer.status_code == 200
    shown: dict[str, Any] = answer.json()
    assert (shown["status"], shown["decided_by"]) == ("approved", "bob")
    assert shown["decision_reason"] == "needed for the release"
    [(event, data)] = audit.lines
    assert event == "approval_granted"
    assert (data["approval_id"], data["decided_by"], data["requester_user_id"]) == (approval_id, "bob", "alice")
    assert "very long report" not in json.dumps(data)
    assert (await store.consume(approval_id, REQUEST.key_hash, "f" * 64))[0] == "passed"


async def test_denying_is_audited_and_bars_the_request(
    client: httpx.AsyncClient, store: Store, audit: FakeAudit, approval_id: str
) -> None:
    answer = await client.post(f"/api/approvals/{approval_id}/deny", headers=BOB, json={"reason": "too dear"})

    assert answer.json()["status"] == "denied"
    assert [event for event, _ in audit.lines] == ["approval_denied"]
    assert (await store.consume(approval_id, REQUEST.key_hash, "f" * 64))[0] == "denied"


async def test_a_decision_that_can_not_be_audited_does_not_happen(
    client: httpx.AsyncClient, audit: FakeAudit, approval_id: str
) -> None:
    audit.down = True
    refused = await client.post(f"/api/approvals/{approval_id}/approve", headers=BOB, json=WHY)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "audit_unavailable")

    audit.down = False
    shown = await client.get(f"/api/approvals/{approval_id}", headers=BOB)
    assert shown.json()["status"] == "pending"
    assert (await client.post(f"/api/approvals/{approval_id}/approve", headers=BOB, json=WHY)).status_code == 200


@pytest.mark.parametrize("key", ["sk-alice-approver", "sk-alice"])
async def test_four_eyes_keeps_the_requesters_own_keys_out(
    client: httpx.AsyncClient, approval_id: str, audit: FakeAudit, key: str
) -> None:
    own = {"authorization": f"Bearer {key}"}

    answer = await client.post(f"/api/approvals/{approval_id}/approve", headers=own, json=WHY)

    assert answer.status_code == 403
    assert audit.lines == []


async def test_four_eyes_holds_for_the_very_key_and_for_the_master_key(service: Service, store: Store) -> None:
    bob, master = await service.keys.check("sk-bob"), await service.keys.check(MASTER)
    for caller, asked in (
        (bob, request(key_hash=bob.key_hash, user_id=None)),
        (master, request(key_hash="litellm_proxy_master_key", user_id=master.user_id)),
    ):
        approval = await store.get((await store.ask(asked, asked.key_hash)).id)
        assert approval is not None
        refused = service.decisions.why_not(caller, approval)
        assert refused is not None
        assert refused.code == "own_request"


async def test_without_four_eyes_an_approver_may_decide_on_their_own(
    store: Store, litellm: FakeLiteLLM, audit: FakeAudit, approval_id: str
) -> None:
    async with browser(service_of(store, litellm, audit, four_eyes=False)) as client:
        own = {"authorization": "Bearer sk-alice-approver"}
        answer = await client.post(f"/api/approvals/{approval_id}/approve", headers=own, json=WHY)

    assert answer.status_code == 200


async def test_a_second_decision_is_refused_with_the_first_one(client: httpx.AsyncClient, store: Store) -> None:
    states = {}
    for letter, first in (("a", "approve"), ("b", "deny"), ("c", "approve")):
        states[letter] = (await store.ask(REQUEST, letter * 64)).id
        await client.post(f"/api/approvals/{states[letter]}/{first}", headers=BOB, json=WHY)
    await store.consume(states["c"], REQUEST.key_hash, "c" * 64)

    for letter, says in (
        ("a", "it is approved already by bob"),
        ("b", "it is denied already by bob"),
        ("c", "it was approved by bob and has been used"),
    ):
        for second in ("approve", "deny"):
            answer = await client.post(f"/api/approvals/{states[letter]}/{second}", headers=BOB, json=WHY)
            assert answer.status_code == 409
            assert answer.json() == {"error": {"code": "already_decided", "message": says}}


async def test_of_20_approvers_at_once_one_decides(
    client: httpx.AsyncClient, audit: FakeAudit, approval_id: str
) -> None:
    verbs = ["approve", "deny"] * 10
    answers = await asyncio.gather(
        *(client.post(f"/api/approvals/{approval_id}/{verb}", headers=BOB, json=WHY) for verb in verbs)
    )

    assert sorted({answer.status_code for answer in answers}) == [200, 409]
    assert [answer.status_code for answer in answers].count(200) == 1
    assert len(audit.lines) == 1


async def test_nobody_decided_in_time(redis: Redis, litellm: FakeLiteLLM, audit: FakeAudit) -> None:
    store = Store(redis, ttl_seconds=1, approved_ttl_seconds=1)
    approval_id = (await store.ask(REQUEST, "f" * 64)).id
    await asyncio.sleep(1.1)
    async with browser(service_of(store, litellm, audit)) as client:
        answer = await client.post(f"/api/approvals/{approval_id}/approve", headers=BOB, json=WHY)
        listed = await client.get("/api/approvals?status=expired", headers=BOB)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "expired")
    assert [row["id"] for row in listed.json()["approvals"]] == [approval_id]
    assert audit.lines == []


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "no_key"),
        ({"authorization": "Basic sk-bob"}, 401, "no_key"),
        ({"authorization": "Bearer sk-nobody"}, 401, "unknown_key"),
        ({"authorization": "Bearer sk-alice"}, 403, "not_approver"),
        ({"authorization": "Bearer sk-self-made"}, 403, "not_approver"),
    ],
)
async def test_only_approvers_get_in(
    client: httpx.AsyncClient, approval_id: str, headers: dict[str, str], status: int, code: str
) -> None:
    for method, path in (
        ("GET", "/api/approvals"),
        ("GET", f"/api/approvals/{approval_id}"),
        ("POST", f"/api/approvals/{approval_id}/approve"),
        ("GET", "/api/watch"),
    ):
        answer = await client.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), path


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"reason": 1}', 400),
        (b'{"reason": "  "}', 400),
        (b"[" * 10_000, 400),
        (b"\xff", 400),
        (json.dumps({"reason": "x" * 501}).encode(), 400),
        (b"x" * 20_000, 413),
    ],
)
async def test_a_decision_needs_a_reason(
    client: httpx.AsyncClient, approval_id: str, content: bytes, status: int
) -> None:
    answer = await client.post(f"/api/approvals/{approval_id}/approve", headers=BOB, content=content)

    assert answer.status_code == status


async def test_what_is_not_there_is_said(client: httpx.AsyncClient) -> None:
    unknown = await client.get("/api/approvals/apr_nope", headers=BOB)
    odd = await client.get("/api/approvals?status=lost", headers=BOB)

    assert (unknown.status_code, odd.status_code) == (404, 400)
    assert "pending, approved, denied, used, expired" in odd.json()["error"]["message"]


async def test_guessing_is_slowed_down_and_known_keys_are_not(client: httpx.AsyncClient) -> None:
    await client.get("/api/approvals", headers=BOB)
    guesses = [
        (await client.get("/api/approvals", headers={"authorization": f"Bearer sk-{i}"})).status_code for i in range(12)
    ]

    assert guesses == [401] * 10 + [429] * 2
    assert (await client.get("/api/approvals", headers=BOB)).status_code == 200


async def test_everything_is_refused_while_redis_or_litellm_is_away(
    litellm: FakeLiteLLM, audit: FakeAudit, service: Service
) -> None:
    away = Store(connect("127.0.0.1", 1, None), ttl_seconds=1, approved_ttl_seconds=1)
    async with browser(service_of(away, litellm, audit)) as client:
        for path in ("/api/approvals", "/api/approvals/apr_x", "/api/watch"):
            assert (await client.get(path, headers=BOB)).status_code == 503
        assert (await client.get("/healthz")).status_code == 503
    litellm.down = True
    async with browser(service) as client:
        assert (await client.get("/api/approvals", headers=BOB)).status_code == 503
        assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_a_watcher_sees_what_waits_then_each_change(service: Service, store: Store) -> None:
    waiting = (await store.ask(REQUEST, "a" * 64)).id
    await service.feed._look()
    allowed = True

    async def still_approver() -> bool:
        return allowed

    seen = events(service, still_approver)
    assert waiting in await anext(seen)
    new = (await store.ask(REQUEST, "b" * 64)).id
    await service.feed._look()
    text = await anext(seen)
    assert text.startswith("event: pending\n")
    assert new in text
    bob = await service.keys.check("sk-bob")
    await service.decisions.decide(bob, new, "denied", "no")
    await service.feed._look()
    assert (await anext(seen)).startswith("event: denied\n")

    allowed = False
    await store.ask(REQUEST, "c" * 64)
    await service.feed._look()
    with pytest.raises(StopAsyncIteration):
        await anext(seen)
