"""What budgets have spent and what is reserved, in the coordination Redis: one step each, for all replicas.

What Redis was asked to reserve and did not say in time may be reserved or not. It counts, until Redis can be told that
nothing was spent.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from cerberus_gateway.budgets.accounts import Account, names
from cerberus_gateway.budgets.scripts import ADD, RESERVE, SETTLE

TIMEOUT_SECONDS: Final = 3.0
"""A first request may hold the process up for a second: it loads what counts tokens."""
RETRIES_SECONDS: Final = (1.0, 5.0, 20.0, 60.0)
"""Waits before Redis is told again what it did not confirm."""
MOST_WAITING: Final = 1_000
"""Settlements that may wait for Redis at once. One more is given up: what it reserved counts in full."""


class LedgerUnavailableError(Exception):
    """Redis did not answer in time, or answered with an error."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """USD set aside in some accounts for one call."""

    member: str
    usd: float
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Full:
    """An account that has no room for a call."""

    account: Account
    used_usd: float
    """Spent and reserved."""


class Ledger:
    """:raises LedgerUnavailableError: from reserve(), settle() and add()"""

    def __init__(self, redis: Redis) -> None:
        self._reserve = redis.register_script(RESERVE)
        self._settle = redis.register_script(SETTLE)
        self._add = redis.register_script(ADD)
        self._waiting: set[asyncio.Task[None]] = set()

    async def reserve(
        self, accounts: Sequence[Account], call: str, usd: float, lease_seconds: float
    ) -> Reservation | Full:
        """Sets the amount aside in all of the accounts, or in none.

        :param call: id of the call, of its own
        :param lease_seconds: longest that the call can take
        """
        reservation = Reservation(f"{call}|{usd!r}", usd, tuple(accounts))
        args: list[str | float] = [reservation.member, usd, int(lease_seconds)]
        for account in accounts:
            args += [account.max_usd, account.period, account.spent_usd, account.keep_seconds]
        try:
            full, used = cast("list[str | int]", await _bounded(self._reserve(keys=names(accounts), args=args)))
        except LedgerUnavailableError as error:
            if isinstance(error.__cause__, (TimeoutError, RedisTimeoutError)):
                self._later(self._release(reservation))
            raise
        return reservation if full == 0 else Full(accounts[int(full) - 1], float(used))

    async def settle(self, reservation: Reservation, usd: float) -> int:
        """Puts what the call really cost in the reservation's place; gives in how many accounts it was open."""
        args: list[str | float] = [reservation.member, reservation.usd, usd]
        args += [account.keep_seconds for account in reservation.accounts]
        return cast("int", await _bounded(self._settle(keys=names(reservation.accounts), args=args)))

    async def add(self, reservation: Reservation, usd: float) -> None:
        """Counts what became known only after the reservation was settled."""
        args = [usd, *(account.keep_seconds for account in reservation.accounts)]
        await _bounded(self._add(keys=names(reservation.accounts), args=args))

    def settle_soon(self, reservation: Reservation, usd: float, *, late: bool = False) -> None:
        """Settles (or adds) without anybody waiting for it, and tries again while Redis does not answer."""
        self._later(self._surely(reservation, usd, late=late))

    async def settled(self) -> None:
        """Waits for everything that is under way."""
        await asyncio.gather(*self._waiting)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        if len(self._waiting) >= MOST_WAITING:
            work.close()
            return
        task = asyncio.create_task(work)
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _surely(self, reservation: Reservation, usd: float, *, late: bool) -> None:
        for wait in (0.0, *RETRIES_SECONDS):
            await asyncio.sleep(wait)
            try:
                await (self.add(reservation, usd) if late else self.settle(reservation, usd))
            except LedgerUnavailableError:
                continue
            return

    async def _release(self, reservation: Reservation) -> None:
        """Undoes a reservation that may have been made, or is still to be made by a Redis that is behind."""
        for wait in RETRIES_SECONDS:
            await asyncio.sleep(wait)
            try:
                if await self.settle(reservation, 0.0) > 0:
                    return
            except LedgerUnavailableError:
                continue


async def _bounded(answer: object) -> object:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await cast("Awaitable[object]", answer)
    except (RedisError, OSError, TimeoutError) as error:
        message = f"the budgets' Redis does not answer ({type(error).__name__})"
        raise LedgerUnavailableError(message) from error
