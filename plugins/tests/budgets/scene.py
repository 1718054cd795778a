"""What the tests of budgets share: accounts, requests, a ledger that does as it is told, and a Redis that is late."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

from cerberus_gateway.budgets.accounts import IDLE_SECONDS, Account
from cerberus_gateway.budgets.guard import Guard
from cerberus_gateway.budgets.ledger import Full, Reservation
from cerberus_gateway.budgets.settings import Budget
from cerberus_gateway.safety.asked import Asked

GATEWAY = Budget(name="gateway", provider=None, max_usd=1.0, period="30d")
OPENAI = Budget(name="provider-openai", provider="openai", max_usd=0.5, period="30d")


def account(name: str = "key:a", max_usd: float = 1.0, **more: Any) -> Account:  # noqa: ANN401
    return Account(name, more.pop("whose", "the key"), max_usd, more.pop("keep_seconds", IDLE_SECONDS), **more)


def user(**more: Any) -> SimpleNamespace:  # noqa: ANN401
    """What is used of LiteLLM's UserAPIKeyAuth."""
    of_key = ("token", "max_budget", "budget_reset_at", "budget_duration", "spend")
    of_team = ("team_id", "team_alias", "team_max_budget", "team_spend", "team_budget_snapshot")
    of_user = ("user_id", "user_max_budget", "user_spend", "user_budget_snapshot")
    nothing = dict.fromkeys((*of_key, *of_team, *of_user))
    return SimpleNamespace(**{**nothing, "request_route": "/v1/chat/completions", **more})


ANN = {"token": "hash", "max_budget": 5.0, "team_id": "t", "team_max_budget": 3.0}


class FakeLedger:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self, answer: Exception | None = None) -> None:
        self.answer = answer
        self.full: str | None = None
        self.reserved: list[tuple[list[str], float]] = []
        self.settled: list[tuple[str, float]] = []

    async def reserve(self, accounts: Sequence[Account], call: str, usd: float, lease_seconds: float) -> Any:  # noqa: ANN401
        assert lease_seconds == 660
        self.reserved.append(([account.name.partition(":")[0] for account in accounts], usd))
        if self.answer is not None:
            raise self.answer
        full = next((account for account in accounts if account.name.startswith(self.full or "-")), None)
        return Reservation(call, usd, tuple(accounts)) if full is None else Full(full, full.max_usd - 0.05)

    def settle_soon(self, reservation: Reservation, usd: float, *, late: bool = False) -> None:
        name = reservation.accounts[-1].name.partition(":")[0]
        self.settled.append((f"{name} late" if late else name, usd))


def call(provider: str = "openai", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "model": f"{provider}/x",
        "messages": [{"role": "user", "content": "hello"}],
        "max_tokens": 100,
        "input_cost_per_token": 0.000_001,
        "output_cost_per_token": 0.000_01,
        "metadata": {"kept": 1},
        **more,
    }


async def ask(guard: Guard, call_type: str = "acompletion", who: Any = None, **more: Any) -> None:  # noqa: ANN401
    data = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 100, **more}
    await guard.request(Asked(who or user(**ANN), data, call_type), users_pay_for_team_keys=False)


class SlowRedis:
    """Stands before the Redis of the tests, and can keep back what is sent to it or what it answers."""

    def __init__(self) -> None:
        self.port = 0
        self._asks = asyncio.Event()
        self._answers = asyncio.Event()
        self.goes_on()

    def keeps_requests(self) -> None:
        """As a Redis that is paused: what it was asked it does later."""
        self._asks.clear()

    def keeps_answers(self) -> None:
        """What it was asked is done, and nobody hears of it."""
        self._answers.clear()

    def goes_on(self) -> None:
        self._asks.set()
        self._answers.set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["SlowRedis"]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self.goes_on()
            server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", 6379)
        with suppress(ConnectionError):
            await asyncio.gather(_pipe(reader, there_writer, self._asks), _pipe(there_reader, writer, self._answers))


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter, gate: asyncio.Event) -> None:
    # What has been sent is done, also when the sender has hung up since: so does a Redis that was paused.
    while part := await source.read(65_536):
        await gate.wait()
        target.write(part)
        await target.drain()
    await gate.wait()
    target.close()
