"""What budgets have spent and what is reserved, in the coordination Redis: one step each, for all replicas.

`cerberus:budget:<name>:<window>:spent` is USD; `…:open` (sorted by when they lapse) holds reservations, each "id|USD".
A reservation that nobody settles, because its replica died, counts as spent once it lapses: never as unspent.
"""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Final, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from cerberus_gateway.budgets.period import window
from cerberus_gateway.budgets.settings import Budget

TIMEOUT_SECONDS: Final = 1.0
KEPT_SECONDS: Final = 86_400
"""How long a window's figures stay readable after its end."""

_RESERVE: Final = """
-- KEYS: spent and open of each budget. ARGV: member, USD, lapses (unix s), then most USD and seconds to keep of each
-- Gives {0} when all have room, else {n, spent and reserved USD of the n-th}: then nothing is reserved
local now = tonumber(redis.call('TIME')[1])
local amount = tonumber(ARGV[2])
for n = 1, #KEYS / 2 do
  local spent, open = KEYS[2 * n - 1], KEYS[2 * n]
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', open, '-inf', now)) do
    redis.call('INCRBYFLOAT', spent, string.match(member, '|(.*)$'))
    redis.call('ZREM', open, member)
  end
  local total = tonumber(redis.call('GET', spent) or '0')
  for _, member in ipairs(redis.call('ZRANGE', open, 0, -1)) do
    total = total + tonumber(string.match(member, '|(.*)$'))
  end
  if total + amount > tonumber(ARGV[2 + 2 * n]) + 1e-12 then return {n, tostring(total)} end
end
for n = 1, #KEYS / 2 do
  redis.call('ZADD', KEYS[2 * n], ARGV[3], ARGV[1])
  redis.call('EXPIRE', KEYS[2 * n], ARGV[3 + 2 * n])
end
return {0, '0'}
"""

_SETTLE: Final = """
-- KEYS: spent and open of each budget. ARGV: member, USD reserved, USD spent, then seconds to keep of each
for n = 1, #KEYS / 2 do
  local open_still = redis.call('ZREM', KEYS[2 * n], ARGV[1]) == 1
  -- One that has lapsed is in the sum already, as large as it was reserved.
  local by = open_still and tonumber(ARGV[3]) or tonumber(ARGV[3]) - tonumber(ARGV[2])
  redis.call('INCRBYFLOAT', KEYS[2 * n - 1], string.format('%.12f', by))
  redis.call('EXPIRE', KEYS[2 * n - 1], ARGV[3 + n])
end
return 0
"""


class LedgerUnavailableError(Exception):
    """Redis did not answer in time, or answered with an error."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """USD set aside in some budgets for one call."""

    member: str
    usd: float
    keys: tuple[str, ...]
    keep_seconds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Full:
    """A budget that has no room for a call."""

    budget: Budget
    used_usd: float
    """Spent and reserved."""


class Ledger:
    """:raises LedgerUnavailableError: from both methods"""

    def __init__(self, redis: Redis) -> None:
        self._reserve = redis.register_script(_RESERVE)
        self._settle = redis.register_script(_SETTLE)

    async def reserve(
        self, budgets: Sequence[Budget], call: str, usd: float, lease_seconds: float
    ) -> Reservation | Full:
        """Sets the amount aside in all of the budgets, or in none.

        :param call: id of the call, of its own
        :param lease_seconds: longest that the call can take
        """
        now = time.time()
        windows = [(budget, *window(budget.period, now)) for budget in budgets]
        keys = tuple(
            f"cerberus:budget:{budget.name}:{name}:{what}" for budget, name, _ in windows for what in ("spent", "open")
        )
        keep = tuple(int(left + lease_seconds) + KEPT_SECONDS for _, _, left in windows)
        reservation = Reservation(f"{call}|{usd:.12f}", usd, keys, keep)
        limits: list[float] = [
            part for budget, kept in zip(budgets, keep, strict=True) for part in (budget.max_usd, kept)
        ]
        answer = await _bounded(
            self._reserve(keys=list(keys), args=[reservation.member, usd, int(now + lease_seconds), *limits])
        )
        full, used = cast("list[str | int]", answer)
        return reservation if full == 0 else Full(budgets[int(full) - 1], float(used))

    async def settle(self, reservation: Reservation, usd: float) -> None:
        """Puts what the call really cost in the reservation's place."""
        args: list[str | float] = [reservation.member, reservation.usd, usd, *reservation.keep_seconds]
        await _bounded(self._settle(keys=list(reservation.keys), args=args))


async def _bounded(answer: object) -> object:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await cast("Awaitable[object]", answer)
    except (RedisError, OSError, TimeoutError) as error:
        message = f"the budgets' Redis does not answer ({type(error).__name__})"
        raise LedgerUnavailableError(message) from error
