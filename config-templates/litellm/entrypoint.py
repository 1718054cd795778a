"""Starts LiteLLM with its secrets: every file under /run/secrets becomes an environment variable of its name.

`docker inspect` shows neither; only the process itself holds the values.
"""

import os
import sys
from pathlib import Path

SECRETS = Path("/run/secrets")


def main() -> None:
    command = sys.argv[1:]
    if not command:
        sys.exit("entrypoint.py: name the command to run")
    for file in sorted(SECRETS.iterdir()) if SECRETS.is_dir() else ():
        if file.is_file():
            os.environ[file.name] = file.read_text(encoding="utf-8")
    os.execvp(command[0], command)


main()
