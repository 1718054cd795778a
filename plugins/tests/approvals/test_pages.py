import re
from dataclasses import replace

import httpx
import pytest
from cerberus_gateway.approvals.service import Service
from cerberus_gateway.approvals.store import Store

from tests.approvals.litellm import FakeLiteLLM
from tests.approvals.requests import REQUEST
from tests.approvals.service import FakeAudit, browser, service_of

HOSTILE = (
    "</pre><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7}}javascript:alert(4)"
)


async def log_in(client: httpx.AsyncClient, key: str = "sk-bob") -> httpx.Response:
    return await client.post("/login", data={"key": key})


async def csrf_of(client: httpx.AsyncClient, path: str = "/approvals") -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', (await client.get(path)).text)
    assert found is not None
    return found.group(1)


@pytest.fixture
async def approval_id(store: Store) -> str:
    return (await store.ask(REQUEST, "f" * 64)).id


async def test_an_approver_logs_in_decides_and_logs_out(
    client: httpx.AsyncClient, audit: FakeAudit, approval_id: str
) -> None:
    path = f"/approvals/{approval_id}"
    away = await client.get(path)
    assert (away.status_code, away.headers["location"]) == (303, f"/login?next=/approvals/{approval_id}")

    entered = await client.post("/login", data={"key": " sk-bob ", "next": path})
    assert (entered.status_code, entered.headers["location"]) == (303, path)
    assert approval_id in (await client.get("/approvals")).text
    assert "Write a very long report" in (await client.get(path)).text

    decided = await client.post(f"{path}/approve", data={"csrf": await csrf_of(client, path), "reason": "fine"})
    assert (decided.status_code, decided.headers["location"]) == (303, path)
    assert 'badge large approved">approved' in (await client.get(path)).text
    assert [event for event, _ in audit.lines] == ["approval_granted"]
    assert approval_id not in (await client.get("/approvals")).text
    assert approval_id in (await client.get("/history")).text

    cookie = dict(client.cookies)
    left = await client.post("/logout", data={"csrf": await csrf_of(client)})
    assert left.headers["location"] == "/login"
    client.cookies.update(cookie)
    assert (await client.get("/approvals")).status_code == 303


async def test_the_cookie_is_out_of_reach_and_holds_no_key(client: httpx.AsyncClient) -> None:
    header = (await log_in(client)).headers["set-cookie"]

    assert "sk-bob" not in header
    for attribute in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=14400"):
        assert attribute in header
    assert "Secure" not in header


async def test_behind_tls_the_cookie_is_bound_to_host_and_tls(
    store: Store, litellm: FakeLiteLLM, audit: FakeAudit
) -> None:
    async with browser(service_of(store, litellm, audit, public_url="https://approvals.example.com")) as client:
        header = (await log_in(client)).headers["set-cookie"]

    assert header.startswith("__Host-cerberus_approvals=")
    assert "Secure" in header


async def test_a_forged_cookie_opens_nothing(client: httpx.AsyncClient, service: Service) -> None:
    await log_in(client)
    [(name, value)] = client.cookies.items()
    session_id, expires, signature = value.split(".")
    for forged in (
        f"{session_id}.{int(expires) + 1}.{signature}",
        f"{'x' * 32}.{expires}.{signature}",
        f"{session_id}.{expires}.{'0' * 64}",
        "",
        "..",
        "é",
    ):
        assert service.sessions.find(forged) is None
    client.cookies.clear()
    client.cookies.set(name, f"{session_id}.{expires}.")
    assert (await client.get("/approvals")).status_code == 303


async def test_a_session_ends_with_its_time_and_with_its_key(
    client: httpx.AsyncClient, service: Service, litellm: FakeLiteLLM
) -> None:
    await log_in(client)
    [session] = service.sessions._open.values()
    service.sessions._open[session.id] = replace(session, expires=0)
    assert (await client.get("/approvals")).status_code == 303

    await log_in(client)
    assert (await client.get("/approvals")).status_code == 200
    litellm.keys["sk-bob"].metadata = {}
    service.keys._known.clear()
    assert (await client.get("/approvals")).status_code == 303

    litellm.keys["sk-bob"].metadata = {"cerberus_approver": True}
    service.keys._known.clear()
    await log_in(client)
    del litellm.keys["sk-bob"]
    service.keys._known.clear()
    assert (await client.get("/approvals")).status_code == 303
    assert service.sessions._open == {}


@pytest.mark.parametrize(
    ("key", "status", "says"),
    [
        ("sk-nobody", 401, "LiteLLM does not accept this key."),
        ("sk-alice", 403, "not an approver"),
        ("", 401, "That is not a key."),
    ],
)
async def test_others_do_not_get_in(client: httpx.AsyncClient, key: str, status: int, says: str) -> None:
    answer = await log_in(client, key)

    assert answer.status_code == status
    assert says in answer.text.replace("&#39;", "'")
    assert "set-cookie" not in answer.headers
    assert not key or key not in answer.text


async def test_guessing_at_the_form_is_slowed_down(client: httpx.AsyncClient) -> None:
    answers = [(await log_in(client, f"sk-{i}")).status_code for i in range(12)]

    assert answers == [401] * 10 + [429] * 2


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/approvals/../x", "/login", "javascript:x"]
)
async def test_a_login_leads_to_our_own_pages_only(client: httpx.AsyncClient, target: str) -> None:
    answer = await client.post("/login", data={"key": "sk-bob", "next": target})

    assert answer.headers["location"] == "/approvals"


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
async def test_forms_of_other_sites_count_for_nothing(
    client: httpx.AsyncClient, audit: FakeAudit, approval_id: str, headers: dict[str, str]
) -> None:
    await log_in(client)
    data = {"csrf": await csrf_of(client), "reason": "x"}

    answer = await client.post(f"/approvals/{approval_id}/approve", data=data, headers=headers)
    login = await client.post("/login", data={"key": "sk-bob"}, headers=headers)

    assert (answer.status_code, login.status_code) == (403, 403)
    assert audit.lines == []


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
async def test_a_form_without_its_sessions_token_counts_for_nothing(
    client: httpx.AsyncClient, audit: FakeAudit, approval_id: str, token: str
) -> None:
    await log_in(client)

    for path in (f"/approvals/{approval_id}/approve", "/logout"):
        assert (await client.post(path, data={"csrf": token, "reason": "x"})).status_code == 403
    assert audit.lines == []
    assert (await client.get("/approvals")).status_code == 200


async def test_a_link_from_a_chat_opens_once_more_before_it_asks_for_a_key(client: httpx.AsyncClient) -> None:
    answer = await client.get("/approvals", headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0">' in answer.text


async def test_what_a_client_wrote_is_only_text(client: httpx.AsyncClient, store: Store) -> None:
    hostile = replace(
        REQUEST, key_alias=HOSTILE, user_id=HOSTILE, team_id=HOSTILE, model=HOSTILE, route=HOSTILE, reasons=[HOSTILE]
    )
    approval_id = (await store.ask(replace(hostile, preview=HOSTILE), "f" * 64)).id
    await log_in(client)
    path = f"/approvals/{approval_id}"
    data = {"csrf": await csrf_of(client), "reason": ""}
    pages = [await client.get("/approvals"), await client.get(path), await client.post(f"{path}/deny", data=data)]
    await client.post(f"{path}/deny", data={**data, "reason": HOSTILE})
    pages += [await client.get("/history"), await client.get(path)]

    for page in pages:
        assert "&lt;script&gt;alert(1)" in page.text
        for markup in ("<script", "<img src=x", "<svg/", "onerror=alert(2)>", ">49"):
            assert markup not in page.text


async def test_every_answer_carries_the_headers_that_shut_scripts_out(client: httpx.AsyncClient) -> None:
    for path in ("/login", "/approvals", "/frame.css", "/api/approvals", "/nowhere", "/healthz"):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert (await client.get("/login")).headers["cache-control"] == "no-store"


async def test_a_decision_needs_a_reason_and_keeps_what_was_written(
    client: httpx.AsyncClient, audit: FakeAudit, approval_id: str
) -> None:
    await log_in(client)
    audit.down = True

    data = {"csrf": await csrf_of(client), "reason": "for the <release>"}
    answer = await client.post(f"/approvals/{approval_id}/approve", data=data)
    empty = await client.post(f"/approvals/{approval_id}/approve", data={**data, "reason": " "})

    assert (answer.status_code, empty.status_code) == (409, 409)
    assert "Not decided: the audit log can&#39;t take the decision" in answer.text
    assert "for the &lt;release&gt;</textarea>" in answer.text
    assert "Not decided: say why" in empty.text


async def test_four_eyes_shows_why_there_is_no_form(client: httpx.AsyncClient, approval_id: str) -> None:
    await log_in(client, "sk-alice-approver")

    page = await client.get(f"/approvals/{approval_id}")

    assert "another person has to decide" in page.text
    assert "<textarea" not in page.text


async def test_the_list_refreshes_itself_until_it_is_paused(client: httpx.AsyncClient) -> None:
    await log_in(client)

    assert '<meta http-equiv="refresh" content="10">' in (await client.get("/approvals")).text
    assert "refresh" not in (await client.get("/approvals?refresh=off")).text.split("</head>")[0]
