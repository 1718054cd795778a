from collections.abc import Iterator
from typing import Any

import pytest
from cerberus_gateway import record
from cerberus_gateway.approvals import gate
from cerberus_gateway.approvals.fingerprint import fingerprint
from cerberus_gateway.approvals.request import GateRequest
from cerberus_gateway.approvals.store import Store, connect
from fastapi import HTTPException

from tests.approvals.requests import REQUEST, body, request
from tests.approvals.test_store import NO, decide


@pytest.fixture(autouse=True)
def line() -> Iterator[record.RequestRecord]:
    opened = record.RequestRecord("call-1")
    token = record.current.set(opened)
    yield opened
    record.current.reset(token)


async def refused(store: Store, asked: GateRequest) -> tuple[int, dict[str, Any]]:
    with pytest.raises(HTTPException) as caught:
        await gate.pass_or_refuse(store, asked)
    detail: Any = caught.value.detail
    return caught.value.status_code, detail


async def test_the_way_of_a_request_from_refusal_to_one_pass(store: Store) -> None:
    record.current.set(line := record.RequestRecord("call-2"))
    status, first = await refused(store, REQUEST)
    approval_id = first["approval_id"]

    assert (status, first["code"], first["approval_status"]) == (403, "approval_required", "pending")
    assert first["estimate_usd"] == 7.5
    assert first["reasons"] == REQUEST.reasons
    assert first["expires_at"].endswith("Z")
    assert f"x-cerberus-approval-id: {approval_id}" in first["message"]
    assert line.facts == {"approval_event": "approval_requested", "approval_id": approval_id}
    assert line.verdicts[0]["action"] == "approval_required"

    _, waiting = await refused(store, request(approval_id=approval_id))
    assert (waiting["code"], waiting["approval_id"]) == ("approval_required", approval_id)

    await decide(store, approval_id)
    _, ready = await refused(store, REQUEST)
    assert (ready["approval_id"], ready["approval_status"]) == (approval_id, "approved")

    record.current.set(line := record.RequestRecord("call-3"))
    await gate.pass_or_refuse(store, request(approval_id=approval_id))
    assert line.facts == {"approval_event": "approval_used", "approval_id": approval_id}
    assert line.verdicts == [{"guardrail": gate.GUARDRAIL, "action": "approved", "approval_id": approval_id}]

    status, again = await refused(store, request(approval_id=approval_id))
    assert (status, again["code"], again["reason"]) == (403, "approval_invalid", "used")


async def test_the_store_is_asked_once_for_a_pending_request(store: Store) -> None:
    _, first = await refused(store, REQUEST)
    record.current.set(line := record.RequestRecord("call-2"))

    _, second = await refused(store, request(body=body(metadata={"trace": "new"})))

    assert second["approval_id"] == first["approval_id"]
    assert "approval_event" not in line.facts


async def test_a_denial_reaches_the_client_with_its_reason(store: Store) -> None:
    _, first = await refused(store, REQUEST)
    await decide(store, first["approval_id"], NO)

    for asked in (REQUEST, request(approval_id=first["approval_id"])):
        status, denied = await refused(store, asked)
        assert (status, denied["code"], denied["reason"]) == (403, "approval_denied", "too dear")


@pytest.mark.parametrize(
    ("approval_id", "says"),
    [
        ("apr_" + "x" * 22, "this key has no such approval"),
        ("", "holds no approval id"),
        ("apr_../../x", "holds no approval id"),
        ("apr_" + "x" * 22 + "\n", "holds no approval id"),
    ],
)
async def test_ids_that_are_none_are_said(store: Store, approval_id: str, says: str) -> None:
    status, answer = await refused(store, request(approval_id=approval_id))

    assert (status, answer["code"]) == (403, "approval_invalid")
    assert says in answer["message"]
    assert "without x-cerberus-approval-id to ask for a new approval" in answer["message"]


async def test_another_key_and_another_body_are_refused(store: Store) -> None:
    approval_id = (await store.ask(REQUEST, fingerprint(REQUEST))).id
    await decide(store, approval_id)

    _, other_key = await refused(store, request(approval_id=approval_id, key_hash="0" * 64))
    _, other_body = await refused(store, request(approval_id=approval_id, body=body(max_tokens=1)))

    assert other_key["reason"] == "unknown"
    assert other_body["reason"] == "mismatch"
    await gate.pass_or_refuse(store, request(approval_id=approval_id))


async def test_files_can_not_be_approved(store: Store) -> None:
    status, answer = await refused(store, request(body={"file": b"RIFF"}))

    assert (status, answer["code"]) == (400, "invalid_request")


async def test_without_redis_nothing_passes() -> None:
    store = Store(connect("127.0.0.1", 1, None), ttl_seconds=1, approved_ttl_seconds=1)

    for approval_id in (None, "apr_" + "x" * 22):
        status, answer = await refused(store, request(approval_id=approval_id))
        assert (status, answer["code"]) == (503, "approvals_unavailable")


async def test_a_verdict_holds_no_prompt(store: Store, line: record.RequestRecord) -> None:
    await refused(store, REQUEST)

    assert "very long report" not in repr(line)
