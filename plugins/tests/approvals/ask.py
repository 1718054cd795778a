"""Asks the gate once, as the safety guardrail would: `python3 -m tests.approvals.ask '<JSON of GateRequest>'`.

Prints `passed`, or the body of the refusal. For tests outside this process: settings and secrets are the environment's.
"""

import asyncio
import json
import sys

from cerberus_gateway.approvals.gate import require
from cerberus_gateway.approvals.request import GateRequest
from fastapi import HTTPException


async def main() -> None:
    try:
        await require(GateRequest(**json.loads(sys.argv[1])))
    except HTTPException as refused:
        sys.stdout.write(json.dumps(refused.detail))
    else:
        sys.stdout.write(json.dumps({"code": "passed"}))


asyncio.run(main())
