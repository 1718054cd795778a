import json
import logging
from typing import Any

import httpx
import pytest
from cerberus_gateway.approvals import webhook as module
from cerberus_gateway.approvals.store import NOTIFIED, Store
from cerberus_gateway.approvals.webhook import Webhook
from redis.asyncio import Redis

from tests.approvals.requests import REQUEST, request

URL = "https://hooks.example.com/services/SECRET"


class Room:
    """A chat room that fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.messages: list[dict[str, Any]] = []
        self.tries = 0
        self._failures = failures

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, got: httpx.Request) -> httpx.Response:
        self.tries += 1
        if self.tries <= self._failures:
            if self.tries % 2:
                message = f"no way to {URL}"
                raise httpx.ConnectError(message)
            return httpx.Response(500)
        self.messages.append(json.loads(got.content))
        return httpx.Response(200, text="ok")


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES_SECONDS", (0.0, 0.0, 0.0))


async def test_a_request_is_announced_once_without_its_prompt(store: Store, redis: Redis) -> None:
    room = Room()
    hooks = [Webhook(store, room.client(), URL, "http://127.0.0.1:4001/") for _ in range(2)]
    approval_id = (await store.ask(REQUEST, "f" * 64)).id

    for hook in hooks * 3:
        await hook.announce_new()

    [message] = room.messages
    # Longer than a crash in the middle would keep it.
    assert await redis.ttl(NOTIFIED + approval_id) > 3600
    assert message["text"].startswith("Approval needed: alice-app asks for gpt-4o, up to $7.50. ")
    assert message["text"].endswith(f"<http://127.0.0.1:4001/approvals/{approval_id}|Decide>")
    assert (message["approval_id"], message["estimate_usd"], message["team_id"]) == (approval_id, 7.5, "research")
    assert "very long report" not in json.dumps(message)


async def test_names_can_neither_link_nor_call_a_channel(store: Store) -> None:
    room = Room()
    await store.ask(request(key_alias="<!channel> & <https://evil.example|x>"), "f" * 64)

    await Webhook(store, room.client(), URL, "http://x").announce_new()

    assert "&lt;!channel&gt; &amp; &lt;https://evil.example|x&gt;" in room.messages[0]["text"]


async def test_it_tries_three_times_then_gives_up_and_says_so(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    room = Room(failures=99)
    hook = Webhook(store, room.client(), URL, "http://x")
    await store.ask(REQUEST, "f" * 64)

    for _ in range(3):
        await hook.announce_new()

    assert room.tries == 3
    assert "given up" in caplog.text
    assert "SECRET" not in "".join(line.getMessage() for line in caplog.records if line.name == "cerberus.approvals")


async def test_a_second_try_is_enough(store: Store) -> None:
    room = Room(failures=2)
    await store.ask(REQUEST, "f" * 64)

    await Webhook(store, room.client(), URL, "http://x").announce_new()

    assert (room.tries, len(room.messages)) == (3, 1)
