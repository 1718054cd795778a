"""The JSON interface: list, show, approve, deny, watch. Callers prove themselves with `Authorization: Bearer <key>`."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from cerberus_gateway.approvals import watch
from cerberus_gateway.approvals.approval import STATUSES
from cerberus_gateway.approvals.auth import Caller, LiteLLMUnavailableError, UnknownKeyError
from cerberus_gateway.approvals.body import BodyTooLargeError, read_body
from cerberus_gateway.approvals.decisions import DecisionRefusedError, RefusalCode
from cerberus_gateway.approvals.feed import MOST_LISTED
from cerberus_gateway.approvals.service import Service, TooManyFailuresError
from cerberus_gateway.approvals.store import StoreUnavailableError

STATUS_OF_REFUSAL: dict[RefusalCode, int] = {
    "not_approver": 403,
    "own_request": 403,
    "reason_missing": 400,
    "reason_too_long": 400,
    "unknown": 404,
    "already_decided": 409,
    "expired": 409,
    "busy": 409,
    "audit_unavailable": 503,
}


class ApiError(Exception):
    """An answer other than 200."""

    def __init__(self, message: str, *, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers

    def response(self) -> JSONResponse:
        body = {"error": {"code": self.code, "message": str(self)}}
        return JSONResponse(body, status_code=self.status, headers=self.headers)


class Api:
    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        return [
            Route("/api/approvals", _answering(self.list_all), methods=["GET"]),
            Route("/api/approvals/{id}", _answering(self.show), methods=["GET"]),
            Route("/api/approvals/{id}/approve", _answering(self.approve), methods=["POST"]),
            Route("/api/approvals/{id}/deny", _answering(self.deny), methods=["POST"]),
            Route("/api/watch", _answering(self.watch), methods=["GET"]),
        ]

    async def list_all(self, request: Request) -> Response:
        await self._approver(request)
        status = request.query_params.get("status")
        if status is not None and status not in STATUSES:
            message = f"status is {status!r}; it may be one of: {', '.join(STATUSES)}"
            raise ApiError(message, status=400, code="unknown_status")
        found = await self._service.store.recent(MOST_LISTED)
        rows = [approval.to_json() for approval in found if status in {None, approval.status}]
        return JSONResponse({"approvals": rows})

    async def show(self, request: Request) -> Response:
        await self._approver(request)
        approval_id = request.path_params["id"]
        found = await self._service.store.get(approval_id)
        if found is None:
            message = f"there is no approval {approval_id}"
            raise ApiError(message, status=404, code="unknown")
        return JSONResponse(found.to_json())

    async def approve(self, request: Request) -> Response:
        return await self._decide(request, "approved")

    async def deny(self, request: Request) -> Response:
        return await self._decide(request, "denied")

    async def _decide(self, request: Request, verdict: Literal["approved", "denied"]) -> Response:
        caller = await self._approver(request)
        reason = await _reason(request)
        decided = await self._service.decisions.decide(caller, request.path_params["id"], verdict, reason)
        return JSONResponse(decided.to_json())

    async def watch(self, request: Request) -> Response:
        await self._approver(request)
        await self._service.store.ping()

        async def still_approver() -> bool:
            return (await self._service.identify(request, _bearer(request))).approver

        return StreamingResponse(watch.events(self._service, still_approver), media_type="text/event-stream")

    async def _approver(self, request: Request) -> Caller:
        caller = await self._service.identify(request, _bearer(request))
        if not caller.approver:
            message = "this key is not an approver's"
            raise ApiError(message, status=403, code="not_approver")
        return caller


def _bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        message = "send your key: Authorization: Bearer <key>"
        raise ApiError(message, status=401, code="no_key", headers={"www-authenticate": "Bearer"})
    return key


async def _reason(request: Request) -> str:
    try:
        body: Any = json.loads(await read_body(request))
    except (ValueError, RecursionError):
        body = None
    reason = body.get("reason") if isinstance(body, dict) else None
    if not isinstance(reason, str):
        message = 'send JSON that says why: {"reason": "…"}'
        raise ApiError(message, status=400, code="reason_missing")
    return reason


def _answering(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Turns what can go wrong into its JSON answer."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except ApiError as error:
            failure = error
        except DecisionRefusedError as error:
            failure = ApiError(str(error), status=STATUS_OF_REFUSAL[error.code], code=error.code)
        except UnknownKeyError as error:
            failure = ApiError(str(error), status=401, code="unknown_key", headers={"www-authenticate": "Bearer"})
        except TooManyFailuresError as error:
            wait = {"retry-after": str(error.wait_seconds)}
            failure = ApiError(str(error), status=429, code="too_many_failures", headers=wait)
        except BodyTooLargeError as error:
            failure = ApiError(str(error), status=413, code="body_too_large")
        except (StoreUnavailableError, LiteLLMUnavailableError) as error:
            failure = ApiError(str(error), status=503, code="approvals_unavailable")
        return failure.response()

    return answer
