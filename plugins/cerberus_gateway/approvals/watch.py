"""Server-sent events of the JSON interface: first what is pending, then every change."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from cerberus_gateway.approvals.approval import Approval
from cerberus_gateway.approvals.auth import LiteLLMUnavailableError, UnknownKeyError
from cerberus_gateway.approvals.feed import MOST_LISTED, TooManyWatchersError
from cerberus_gateway.approvals.service import Service, TooManyFailuresError
from cerberus_gateway.approvals.store import StoreUnavailableError

KEEP_ALIVE_SECONDS = 15.0

ENDS = (
    TooManyWatchersError,
    StoreUnavailableError,
    LiteLLMUnavailableError,
    UnknownKeyError,
    TooManyFailuresError,
)


async def events(service: Service, still_approver: Callable[[], Awaitable[bool]]) -> AsyncIterator[str]:
    """One event per approval, named by its status. An event `end` says why there are no more.

    :param still_approver: asked before every event, so that a key that was taken away sees nothing more
    """
    try:
        with service.feed.watch() as changes:
            for approval in reversed(await service.store.recent(MOST_LISTED)):
                if approval.status == "pending":
                    yield _event(approval)
            while True:
                try:
                    text = _event(await asyncio.wait_for(changes.get(), KEEP_ALIVE_SECONDS))
                except TimeoutError:
                    text = ": still here\n\n"
                if not await still_approver():
                    return
                yield text
    except ENDS as error:
        yield f"event: end\ndata: {json.dumps({'message': str(error)})}\n\n"


def _event(approval: Approval) -> str:
    return f"event: {approval.status}\ndata: {json.dumps(approval.to_json())}\n\n"
