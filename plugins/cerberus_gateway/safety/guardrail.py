"""The guardrail `cerberus_safety`: what LiteLLM calls for every request and every answer.

It fails closed: whatever goes wrong in a check refuses the request with 503. Its settings come from config.yaml, and
what a key may do comes from the metadata of the key and its team; nothing in a request's body has a say in either.
"""

import functools
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final

from fastapi import HTTPException
from litellm.integrations.custom_guardrail import CustomGuardrail

from cerberus_gateway.record import note, verdict
from cerberus_gateway.safety.checks import Request, check_request
from cerberus_gateway.safety.content import ScanTooSlowError
from cerberus_gateway.safety.decisions import NAME, blocked, error_frame, refused
from cerberus_gateway.safety.edge import current_edge
from cerberus_gateway.safety.settings import Profile, read_settings
from cerberus_gateway.safety.stream import BlockedError, HoldBack
from cerberus_gateway.safety.survey import answer_text, survey

_log: Final = logging.getLogger("cerberus_gateway.safety")
_EVENTS: Final = frozenset({"pre_call", "post_call", "pre_mcp_call", "post_mcp_call"})


def _fails_closed[**P, R](check: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Turns whatever goes wrong in a check into a refusal that tells the client nothing of it."""

    @functools.wraps(check)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await check(*args, **kwargs)
        except HTTPException as error:
            # The edge answers with it in the one form that all routes share.
            if (edge := current_edge.get()) is not None:
                edge.refusal = error
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not pass
            _log.exception("a safety check failed")
            late = isinstance(error, ScanTooSlowError)
            message = (
                "it can't be checked in time; shorten it" if late else "the safety checks failed; tell the operator"
            )
            refusal = refused("safety_unavailable", message)
            if (edge := current_edge.get()) is not None:
                edge.refusal = refusal
            raise refusal from None

    return guarded


# Without LiteLLM's log_guardrail_information: in 1.106.2 it tries to import a module anew for every call, which costs
# more than all the checks. What is decided is in the audit log.
class CerberusSafety(CustomGuardrail):  # type: ignore[misc] # litellm's classes are not typed for us
    """Checks every request before it is made and every answer before it is given.

    :param safety: the settings, see settings.py; a mistake in them stops the proxy from starting
    """

    def __init__(self, safety: object = None, **kwargs: Any) -> None:  # noqa: ANN401 - LiteLLM's own options
        super().__init__(**kwargs)
        self._profiles: Final = read_settings({} if safety is None else safety)

    def should_run_guardrail(self, data: Any, event_type: Any) -> bool:  # noqa: ANN401, ARG002
        """Always: LiteLLM's own rule lets the metadata of a key or team opt out."""
        return str(getattr(event_type, "value", event_type)) in _EVENTS

    async def async_pre_call_deployment_hook(self, kwargs: dict[str, Any], call_type: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002
        """The request was checked at the proxy, with its key's metadata, which is not known here."""
        return kwargs

    async def async_post_call_success_deployment_hook(self, request_data: Any, response: Any, call_type: Any) -> None:  # noqa: ANN401
        """The answer is checked at the proxy."""

    def _profile(self, user: Any) -> Profile:  # noqa: ANN401 - LiteLLM's UserAPIKeyAuth
        team, key = metadata_of(user)
        profile = self._profiles.for_metadata(team, key)
        if profile is None:
            message = (
                "cerberus_profile of this key or team names no profile of safety.profiles; its owner has to correct it"
            )
            raise refused("safety_unavailable", message)
        return profile

    @_fails_closed
    async def async_pre_call_hook(
        self,
        user_api_key_dict: Any,  # noqa: ANN401
        cache: Any,  # noqa: ANN401, ARG002
        data: dict[str, Any],
        call_type: str,
    ) -> dict[str, Any]:
        """Refuses the request, or lets it through with the default output limit set."""
        profile = self._profile(user_api_key_dict)
        if profile.name is not None:
            note(safety_profile=profile.name)
        team, key = metadata_of(user_api_key_dict)
        call = str(getattr(call_type, "value", call_type))
        request = Request(user_api_key_dict, data, call, profile, team, key)
        data.update(await check_request(request))
        verdict(NAME, "allowed")
        return data

    @_fails_closed
    async def async_post_call_success_hook(self, data: Any, user_api_key_dict: Any, response: Any) -> Any:  # noqa: ANN401, ARG002
        """Refuses an answer that holds something blocked."""
        profile = self._profile(user_api_key_dict)
        if not (profile.limits.filter_output and profile.content.active):
            return response
        if hasattr(response, "model_dump"):
            text = answer_text(response.model_dump(exclude_none=True))
        elif isinstance(response, (Mapping, list, str)):
            # Of a form that is not LiteLLM's: anything in it may be a model's text.
            text = survey({"answer": response}).text()
        else:
            return response
        match = await profile.content.find(text)
        if match is not None:
            raise blocked(match, "answer")
        return response

    async def async_post_call_streaming_iterator_hook(
        self,
        user_api_key_dict: Any,  # noqa: ANN401
        response: AsyncIterator[Any],
        request_data: Mapping[str, Any],  # noqa: ARG002
    ) -> AsyncGenerator[Any]:
        """Passes a streamed answer on as far as it is safe; a blocked one ends with an error event."""
        profile = self._profile(user_api_key_dict)
        if not (profile.limits.filter_output and profile.content.active):
            async for item in response:
                yield item
            return
        stream = HoldBack(profile.content, profile.look_back)
        route = str(getattr(user_api_key_dict, "request_route", "") or "")
        try:
            async for item in response:
                for ready in stream.push(item):
                    yield ready
            for ready in stream.finish():
                yield ready
        except BlockedError as found:
            yield _last_item(route, blocked(found.match, "answer"))
        except (ScanTooSlowError, ValueError):
            _log.exception("an answer can't be filtered")
            yield _last_item(route, refused("safety_unavailable", "the answer can't be filtered"))


def metadata_of(user: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:  # noqa: ANN401
    """Metadata of the team and of the key. What a client sends under the same names is elsewhere."""
    team, key = getattr(user, "team_metadata", None), getattr(user, "metadata", None)
    return team if isinstance(team, Mapping) else {}, key if isinstance(key, Mapping) else {}


def _last_item(route: str, error: HTTPException) -> str | bytes:
    """The item that ends a stream. LiteLLM breaks a stream off without a word when a guardrail raises.

    LiteLLM takes text that begins with `data:` for an error event, and needs bytes where a stream is made of bytes.
    """
    frame = error_frame(error, route)
    if route.endswith("/messages") or ":streamGenerateContent" in route:
        return frame.encode()
    return frame[frame.index("data:") :]
