"""The audit writer: `python3 -m cerberus_gateway.audit.writer`. One per stack; owns the log and its signing key."""

import asyncio
import os
import signal
import sys
import time

from cerberus_gateway import settings as config
from cerberus_gateway.audit.journal import InUseError, Journal
from cerberus_gateway.audit.service import Service
from cerberus_gateway.audit.signing import Signer

OPEN_RETRY_SECONDS = 1.0


def secret(name: str) -> str:
    """A secret of this process.

    :raises SystemExit: when it isn't there
    """
    if value := os.environ.get(name):
        return value
    sys.exit(f"audit writer: {name} is not set. The container's entrypoint makes it of the file /run/secrets/{name}.")


def open_journal(journal: Journal) -> None:
    """Opens the log; waits for as long as the disk refuses."""
    problem = None
    while True:
        try:
            return journal.open()
        except InUseError as error:
            sys.exit(f"audit writer: {error}")
        except OSError as error:
            if str(error) != problem:
                problem = str(error)
                print(f"audit writer: the log can't be opened: {problem}; trying again", file=sys.stderr, flush=True)  # noqa: T201
            time.sleep(OPEN_RETRY_SECONDS)


async def serve(journal: Journal, token: str, port: int, writer: config.Writer) -> None:
    service = Service(journal, token)
    await service.start(port, writer.metrics_port, writer.front_door_port)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, service.stop)
    print(f"audit writer: {journal.log.active} from line {journal.link.seq}, port {port}", flush=True)  # noqa: T201
    await service.run()


def main() -> None:
    try:
        settings = config.load()
    except config.SettingsError as error:
        sys.exit(f"audit writer: {error}")
    if settings.audit is None or settings.writer is None:
        sys.exit("audit writer: cerberus.json has no `audit` and `writer`: this stack keeps no audit log")
    token, signer = secret("AUDIT_TOKEN"), Signer(secret("AUDIT_SIGNING_KEY"))
    journal = Journal(settings.writer, settings.stack, signer)
    open_journal(journal)
    asyncio.run(serve(journal, token, settings.audit.port, settings.writer))


if __name__ == "__main__":
    main()
