"""Tells a chat room (Slack's format, with more fields for programs) that a request waits. Holds no prompt text.

Runs beside the page, never in a request's way. One process announces an approval, once: it reserves it first, and a
crash in the middle frees it again after a minute. After the last try it gives up and says so in the service's log.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any

import httpx

from cerberus_gateway.approvals.approval import Approval
from cerberus_gateway.approvals.store import Store, StoreUnavailableError

SECONDS_BETWEEN_LOOKS = 2.0
RESERVED_SECONDS = 60
PAUSES_SECONDS = (1.0, 4.0, 0.0)
"""After each try that failed; the last one gives up."""
MOST_LISTED = 500

log = logging.getLogger("cerberus.approvals")


class Webhook:
    def __init__(self, store: Store, client: httpx.AsyncClient, url: str, public_url: str) -> None:
        """:param url: secret"""
        self._store = store
        self._client = client
        self._url = url
        self._public_url = public_url.rstrip("/")

    async def run(self) -> None:
        """Announces until cancelled."""
        while True:
            with suppress(StoreUnavailableError):
                await self.announce_new()
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def announce_new(self) -> None:
        for approval in await self._store.recent(MOST_LISTED):
            if approval.status == "pending" and await self._store.reserve_notice(approval.id, RESERVED_SECONDS):
                await self._send(approval)
                await self._store.settle_notice(approval.id)

    async def _send(self, approval: Approval) -> None:
        for pause in PAUSES_SECONDS:
            try:
                response = await self._client.post(self._url, json=message(approval, self._public_url))
            except httpx.HTTPError as error:
                # The error's own text names the URL, which is a secret.
                problem = type(error).__name__
            else:
                if response.is_success:
                    return
                problem = f"status {response.status_code}"
            log.warning("webhook for %s: %s", approval.id, problem)
            await asyncio.sleep(pause)
        log.error("webhook for %s given up: it is on the page only", approval.id)


def message(approval: Approval, public_url: str) -> dict[str, Any]:
    """The body that is posted."""
    link = f"{public_url}/approvals/{approval.id}"
    cost = "of unknown cost" if approval.estimate_usd is None else f"up to ${approval.estimate_usd:,.2f}"
    who = approval.key_alias or approval.user_id or f"key {approval.key_hash[:8]}"
    text = f"Approval needed: {who} asks for {approval.model}, {cost}. {'; '.join(approval.reasons)}."
    return {
        "text": f"{_plain(text)} <{link}|Decide>",
        "approval_id": approval.id,
        "url": link,
        "model": approval.model,
        "estimate_usd": approval.estimate_usd,
        "key_alias": approval.key_alias,
        "user_id": approval.user_id,
        "team_id": approval.team_id,
        "reasons": approval.reasons,
        "expires": approval.expires,
    }


def _plain(text: str) -> str:
    """Names come from users: in Slack's mark-up they must neither link nor call a channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
