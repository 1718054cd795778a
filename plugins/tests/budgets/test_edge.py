"""The edge tells of every end, and the budgets' hook runs behind all others."""

import asyncio
from types import SimpleNamespace
from typing import Any

import litellm
import pytest
from cerberus_gateway.budgets import edge as edges
from cerberus_gateway.budgets.edge import BudgetEdge
from cerberus_gateway.budgets.ledger import Reservation
from cerberus_gateway.budgets.spend import Spend, current


class FakeGuard:
    def __init__(self) -> None:
        self.ends: list[tuple[Spend, int]] = []

    def ended(self, spend: Spend, status: int) -> None:
        self.ends.append((spend, status))


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> FakeGuard:
    fake = FakeGuard()
    monkeypatch.setattr(edges, "guard", lambda: fake)
    return fake


async def _nothing(*_: Any) -> Any:  # noqa: ANN401
    return {}


async def serve(
    status: int | None, *, reserves: bool = True, error: BaseException | None = None
) -> list[tuple[str, bool]]:
    """What went out, and whether the request was over by then."""
    spends: list[Spend] = []
    sent: list[tuple[str, bool]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        del scope, receive
        spend = current.get()
        assert spend is not None
        spends.append(spend)
        if reserves:
            spend.reservations.append(Reservation("a|1", 1.0, ()))
        if status is not None:
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        if error is not None:
            raise error

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append((message["type"], spends[0].over))

    await BudgetEdge(app)({"type": "http"}, _nothing, send)
    return sent


async def test_an_answer_is_an_end_before_its_last_part_goes_out(guard: FakeGuard) -> None:
    sent = await serve(200)

    assert sent == [("http.response.start", False), ("http.response.body", True)]
    assert [status for _, status in guard.ends] == [200]
    assert guard.ends[0][0].over
    assert current.get() is None


@pytest.mark.parametrize("error", [asyncio.CancelledError(), RuntimeError()])
async def test_so_is_a_client_that_is_gone(guard: FakeGuard, error: BaseException) -> None:
    with pytest.raises(type(error)):
        await serve(None, error=error)

    assert [status for _, status in guard.ends] == [0]


async def test_what_has_nothing_to_do_with_budgets_is_left_alone(guard: FakeGuard) -> None:
    await serve(200, reserves=False)

    assert guard.ends == []


@pytest.mark.parametrize("there", [True, False])
async def test_the_server_starts_with_our_hook_as_the_last_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    ours, others = SimpleNamespace(holds_cerberus_budgets=True), ["prometheus", SimpleNamespace()]
    monkeypatch.setattr(litellm, "callbacks", [*([ours] if there else []), *others])
    sent: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        del scope, receive
        await send({"type": "lifespan.startup.complete"})

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message["type"])

    await BudgetEdge(app)({"type": "lifespan"}, _nothing, send)

    assert sent == [f"lifespan.startup.{'complete' if there else 'failed'}"]
    assert litellm.callbacks == [*others, *([ours] if there else [])]
