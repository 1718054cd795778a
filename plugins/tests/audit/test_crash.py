"""The writer is killed again and again under load, and its file torn: every line that was answered for is there, once.

CERBERUS_KILLS sets how many kills (25), CERBERUS_SEED when they come, CERBERUS_CRASH_DIR where (for a real disk).
"""

import asyncio
import base64
import os
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from cerberus_gateway.audit.client import AuditClient, AuditUnavailable
from cerberus_gateway.audit.files import LogDirectory
from cerberus_gateway.audit.lines import Line

from tests.audit.support import TOKEN, WriterProcess, read_log

KILLS = int(os.environ.get("CERBERUS_KILLS", "25"))
SEED = int(os.environ.get("CERBERUS_SEED", "1"))
CLIENTS = 2
CALLS_AT_ONCE = 20
TEXT = "x" * 700


class Caller:
    """One replica under load: notes what it was answered for."""

    def __init__(self, client: AuditClient) -> None:
        self.client = client
        self.durable: list[str] = []
        self.unanswered: set[str] = set()
        self.running = True
        self._calls = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(CALLS_AT_ONCE):
                group.create_task(self._calling())

    async def _calling(self) -> None:
        while self.running:
            self._calls += 1
            call_id = f"{self.client.name}-{self._calls}"
            stream = self._calls % 4 == 0
            try:
                if stream:
                    await self.client.started(Line("chat_completion_started", {"text": TEXT}, f"{call_id}:started"))
                    self.durable.append(f"{call_id}:started")
                await self.client.outcome(Line("chat_completion_success", {"text": TEXT}, call_id))
                self.durable.append(call_id)
            except AuditUnavailable:
                self.unanswered.add(call_id)
            await asyncio.sleep(0.02)


async def tear(directory: Path, dice: random.Random, torn: list[bytes]) -> None:
    """What a power cut in the middle of a write leaves: the beginning of a line."""
    log = LogDirectory(directory)
    if log.active.exists() and dice.random() < 0.5:
        piece = b'{"data":{"text":"' + dice.randbytes(dice.randrange(1, 400)).hex().encode()
        torn.append(piece)
        with log.active.open("ab") as file:
            file.write(piece)


async def test_kills_under_load_lose_and_double_nothing() -> None:
    dice = random.Random(SEED)  # noqa: S311 - the same moments every time
    with tempfile.TemporaryDirectory(dir=os.environ.get("CERBERUS_CRASH_DIR")) as place:
        writer = WriterProcess(Path(place), wait_seconds=60)
        await writer.start()
        callers = [Caller(AuditClient(writer.settings, f"litellm-{n}", TOKEN)) for n in range(CLIENTS)]
        for caller in callers:
            caller.client.start()
        began = time.monotonic()
        load = asyncio.gather(*(caller.run() for caller in callers))
        torn: list[bytes] = []
        for _ in range(KILLS):
            async with asyncio.timeout(60):
                for caller in callers:
                    await caller.client.ready()
            await asyncio.sleep(dice.uniform(0, 0.4))
            await writer.kill()
            await tear(writer.log, dice, torn)
            await writer.start()
        # Told to stop before it has opened the log, the writer would leave the last end torn.
        await writer.listening()
        for caller in callers:
            caller.running = False
        await load
        for caller in callers:
            await caller.client.stop()
        await writer.stop()

        found = read_log(writer.log)
        seen = Counter(line["id"] for line in found)
        answered = [line_id for caller in callers for line_id in caller.durable]
        assert [line_id for line_id in answered if seen[line_id] != 1] == []
        assert [line_id for line_id, count in seen.items() if count != 1] == []
        assert not any(caller.unanswered for caller in callers)
        # A kill may tear a write by itself: more ends may be torn than were torn here, and pieces may follow one.
        kept = [base64.b64decode(line["data"]["bytes"]) for line in found if line["event_type"] == "torn_line"]
        assert [piece for piece in torn if not any(end.endswith(piece) for end in kept)] == []
        place_of = {line["id"]: line["seq"] for line in found}
        assert all(
            place_of[line_id] < place_of[line_id.removesuffix(":started")]
            for line_id in place_of
            if line_id.endswith(":started")
        )
        files = len(LogDirectory(writer.log).finished()) + 1
        print(  # noqa: T201 - the figures of the run
            f"{KILLS} kills (seed {SEED}) in {time.monotonic() - began:.0f} s: {len(answered)} answered lines, "
            f"all once among {len(found)} in {files} files; {len(kept)} torn ends kept, {len(torn)} of them made here"
        )
