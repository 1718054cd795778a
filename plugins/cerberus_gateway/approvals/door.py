"""The page's door: logging in and out, and the session that every other page asks for."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cerberus_gateway.approvals import views
from cerberus_gateway.approvals.auth import Caller, UnknownKeyError
from cerberus_gateway.approvals.forms import NotFromThisPageError, read_form
from cerberus_gateway.approvals.service import Service, TooManyFailuresError
from cerberus_gateway.approvals.sessions import LIFETIME_SECONDS, Session

HOME = "/approvals"
OWN_PAGE = re.compile(r"/(approvals(/apr_[A-Za-z0-9_-]{22})?|history)")


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who is logged in, and an approver still."""

    request: Request
    session: Session
    caller: Caller
    frame: views.Frame


class Door:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._secure = service.public_url.startswith("https://")
        self._cookie = "__Host-cerberus_approvals" if self._secure else "cerberus_approvals"

    async def show(self, request: Request) -> Response:
        return views.login(self._service.stack, own_page(request.query_params.get("next")), None)

    async def log_in(self, request: Request) -> Response:
        form = await read_form(request)
        key, target = form.get("key", "").strip(), own_page(form.get("next"))
        try:
            caller = await self._service.identify(request, key)
        except UnknownKeyError as error:
            return views.login(self._service.stack, target, str(error), 401)
        except TooManyFailuresError as error:
            return views.login(self._service.stack, target, str(error), 429)
        if not caller.approver:
            return views.login(self._service.stack, target, "this key is valid, but not an approver's", 403)
        response = RedirectResponse(target, 303)
        response.set_cookie(
            self._cookie,
            self._service.sessions.start(key),
            max_age=LIFETIME_SECONDS,
            path="/",
            httponly=True,
            samesite="strict",
            secure=self._secure,
        )
        return response

    async def log_out(self, visit: Visit) -> Response:
        await self.form_of(visit)
        self._service.sessions.end(visit.session)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(self._cookie, path="/", httponly=True, samesite="strict", secure=self._secure)
        return response

    async def form_of(self, visit: Visit) -> dict[str, str]:
        """The fields of a form that this very session was given.

        :raises NotFromThisPageError: otherwise
        """
        form = await read_form(visit.request)
        if not self._service.sessions.csrf_matches(visit.session, form.get("csrf", "")):
            raise NotFromThisPageError
        return form

    def guard(self, page: Callable[[Visit], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """The page for those who are logged in; the login form for everybody else."""

        async def answer(request: Request) -> Response:
            session = self._service.sessions.find(request.cookies.get(self._cookie))
            if session is None:
                return _to_login(request)
            try:
                caller = await self._service.identify(request, session.key)
            except UnknownKeyError:
                caller = None
            if caller is None or not caller.approver:
                self._service.sessions.end(session)
                return _to_login(request)
            frame = views.Frame(self._service.stack, caller.name, self._service.sessions.csrf_token(session))
            return await page(Visit(request, session, caller, frame))

        return answer


def own_page(path: str | None) -> str:
    """The path when it is one of our pages, else the start page: a login leads nowhere else."""
    return path if path is not None and OWN_PAGE.fullmatch(path) else HOME


def _to_login(request: Request) -> Response:
    """A link in a chat brings no SameSite=Strict cookie along: the page opens itself once more before it asks."""
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        return views.reopen()
    return RedirectResponse(f"/login?next={quote(own_page(request.url.path))}", 303)
