"""The web page for approvers. Plain forms and links: it needs no script, and its policy allows none."""

from collections.abc import Awaitable, Callable
from typing import Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cerberus_gateway.approvals import views
from cerberus_gateway.approvals.approval import Approval
from cerberus_gateway.approvals.auth import LiteLLMUnavailableError
from cerberus_gateway.approvals.body import BodyTooLargeError
from cerberus_gateway.approvals.decisions import DecisionRefusedError
from cerberus_gateway.approvals.door import HOME, Door, Visit
from cerberus_gateway.approvals.feed import MOST_LISTED
from cerberus_gateway.approvals.forms import NotFromThisPageError
from cerberus_gateway.approvals.service import Service, TooManyFailuresError
from cerberus_gateway.approvals.store import StoreUnavailableError


class Pages:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._door = Door(service)

    def routes(self) -> list[Route]:
        door = self._door
        return [
            Route("/", _home),
            Route("/login", _safely(door.show), methods=["GET"]),
            Route("/login", _safely(door.log_in), methods=["POST"]),
            Route("/logout", _safely(door.guard(door.log_out)), methods=["POST"]),
            Route("/approvals", _safely(door.guard(self.pending)), methods=["GET"]),
            Route("/history", _safely(door.guard(self.history)), methods=["GET"]),
            Route("/approvals/{id}", _safely(door.guard(self.detail)), methods=["GET"]),
            Route("/approvals/{id}/approve", _safely(door.guard(self.approve)), methods=["POST"]),
            Route("/approvals/{id}/deny", _safely(door.guard(self.deny)), methods=["POST"]),
            *(Route(f"/{name}", views.asset, methods=["GET"]) for name in views.ASSETS),
        ]

    async def pending(self, visit: Visit) -> Response:
        found = await self._service.store.recent(MOST_LISTED)
        rows = [approval for approval in found if approval.status == "pending"]
        live = visit.request.query_params.get("refresh") != "off"
        return views.listing("pending", visit.frame, rows, refresh=live)

    async def history(self, visit: Visit) -> Response:
        found = await self._service.store.recent(MOST_LISTED)
        rows = [approval for approval in found if approval.status != "pending"]
        return views.listing("history", visit.frame, rows, refresh=False)

    async def detail(self, visit: Visit) -> Response:
        approval = await self._service.store.get(visit.request.path_params["id"])
        if approval is None:
            return views.message("No such approval", "It never was, or its day in the history is over.", 404)
        return self._detail(visit, approval)

    async def approve(self, visit: Visit) -> Response:
        return await self._decide(visit, "approved")

    async def deny(self, visit: Visit) -> Response:
        return await self._decide(visit, "denied")

    async def _decide(self, visit: Visit, verdict: Literal["approved", "denied"]) -> Response:
        form = await self._door.form_of(visit)
        approval_id, reason = visit.request.path_params["id"], form.get("reason", "")
        try:
            await self._service.decisions.decide(visit.caller, approval_id, verdict, reason)
        except DecisionRefusedError as error:
            approval = await self._service.store.get(approval_id)
            if approval is None:
                return views.message("No such approval", str(error), 404)
            return self._detail(visit, approval, views.Attempt(f"Not decided: {error}.", reason))
        return RedirectResponse(f"/approvals/{approval_id}", 303)

    def _detail(self, visit: Visit, approval: Approval, attempt: views.Attempt | None = None) -> Response:
        barred = self._service.decisions.why_not(visit.caller, approval)
        return views.detail(visit.frame, approval, str(barred) if barred else None, attempt)


async def _home(_: Request) -> Response:
    return RedirectResponse(HOME, 303)


def _safely(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Turns what can go wrong on any page into a page that says so."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except NotFromThisPageError:
            text = "This form did not come from this page, or its session is over. Open the page again."
            return views.message("Not accepted", text, 403)
        except BodyTooLargeError as error:
            return views.message("Too large", str(error), 413)
        except TooManyFailuresError as error:
            return views.message("Please wait", str(error), 429)
        except (StoreUnavailableError, LiteLLMUnavailableError) as error:
            text = f"{error}. Nothing was decided, and nothing passes the gate meanwhile."
            return views.message("Not available", text, 503)

    return answer
