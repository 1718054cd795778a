"""What the parts of the approvals service share, and how they find out who asks."""

from dataclasses import dataclass

from starlette.requests import Request

from cerberus_gateway.approvals.auth import Caller, KeyCheck, UnknownKeyError
from cerberus_gateway.approvals.decisions import Decisions
from cerberus_gateway.approvals.feed import Feed
from cerberus_gateway.approvals.sessions import Sessions
from cerberus_gateway.approvals.store import Store
from cerberus_gateway.approvals.throttle import Throttle


class TooManyFailuresError(Exception):
    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"too many wrong keys from here: wait {wait_seconds} s")
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, slots=True)
class Service:
    stack: str
    public_url: str
    store: Store
    keys: KeyCheck
    decisions: Decisions
    sessions: Sessions
    throttle: Throttle
    feed: Feed

    async def identify(self, request: Request, key: str) -> Caller:
        """Whose key it is; wrong ones are counted by address.

        :raises TooManyFailuresError: when the address has to wait; a key that was right within the last half minute
        never has to
        :raises UnknownKeyError, LiteLLMUnavailableError: as KeyCheck.check
        """
        if (known := self.keys.cached(key)) is not None:
            return known
        address = request.client.host if request.client else "?"
        if (wait := self.throttle.wait_seconds(address)) > 0:
            raise TooManyFailuresError(wait)
        try:
            return await self.keys.check(key)
        except UnknownKeyError:
            self.throttle.failed(address)
            raise
