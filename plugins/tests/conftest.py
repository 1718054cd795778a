"""What tests of several packages need: the Redis that runs beside them, emptied (scripts/test/pytest.sh)."""

from collections.abc import AsyncIterator

import pytest
from cerberus_gateway.approvals.store import connect
from redis.asyncio import Redis


@pytest.fixture
async def redis() -> AsyncIterator[Redis]:
    client = connect("127.0.0.1", 6379, None)
    await client.flushdb()
    yield client
    await client.aclose()
