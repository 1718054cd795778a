"""Turns approvals into HTML. Templates escape every value; what a client wrote is only ever text."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from cerberus_gateway.approvals.approval import Approval
from cerberus_gateway.approvals.decisions import LONGEST_REASON

HERE = Path(__file__).parent / "templates"
REFRESH_SECONDS = 10
ASSETS = {"frame.css": "text/css", "parts.css": "text/css", "icon.svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of a session shows around its content."""

    stack: str
    user: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A decision that was not taken, and what the approver had written."""

    problem: str
    reason: str


def span(seconds: float) -> str:
    """A length of time in the largest unit that fits, such as `5 min`."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(int(seconds), 0)} s"


def ago(unix: int) -> str:
    return f"{span(time.time() - unix)} ago"


def left(unix: int) -> str:
    return f"in {span(unix - time.time())}"


def clock(unix: int) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def iso(unix: int) -> str:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(usd: float | None) -> str:
    if usd is None:
        return "unknown"
    return f"${usd:,.2f}" if usd >= 1 else f"${usd:.4f}"


def sentence(text: str) -> str:
    """The text with a capital and a full stop; our errors are written without."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def requester(approval: Approval) -> str:
    return approval.key_alias or approval.user_id or f"key {approval.key_hash[:8]}…"


_templates = Environment(
    loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_templates.filters.update(sentence=sentence, ago=ago, left=left, clock=clock, iso=iso, money=money, requester=requester)


def _page(template: str, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(template).render(**values), status_code=status)


def login(stack: str, target: str, problem: str | None, status: int = 200) -> Response:
    return _page("login.html", status, stack=stack, target=target, problem=problem)


def listing(kind: Literal["pending", "history"], frame: Frame, rows: list[Approval], *, refresh: bool) -> Response:
    seconds = REFRESH_SECONDS if refresh else None
    return _page(f"{kind}.html", frame=frame, page=kind, rows=rows, refresh=seconds)


def detail(frame: Frame, approval: Approval, barred: str | None, attempt: Attempt | None) -> Response:
    """:param barred: why this approver may not decide; None = may"""
    values = {"frame": frame, "page": "detail", "approval": approval, "barred": barred, "attempt": attempt}
    return _page("detail.html", 409 if attempt else 200, **values, longest=LONGEST_REASON)


def message(title: str, text: str, status: int) -> Response:
    return _page("message.html", status, title=title, text=text)


def reopen() -> Response:
    return _page("reopen.html")


async def asset(request: Request) -> Response:
    name = request.url.path.removeprefix("/")
    text = (HERE / name).read_text(encoding="utf-8")
    return Response(text, media_type=ASSETS[name], headers={"cache-control": "public, max-age=300"})
