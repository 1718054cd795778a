"""All checks of one request, in the order of their cost: what refuses without looking at the text comes first."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from cerberus_gateway.approvals.request import GateRequest
from cerberus_gateway.record import note
from cerberus_gateway.safety.access import check_access
from cerberus_gateway.safety.asked import Asked, proxy
from cerberus_gateway.safety.decisions import blocked, refused
from cerberus_gateway.safety.estimate import worst_of_all
from cerberus_gateway.safety.limits import apply_limit, read_output
from cerberus_gateway.safety.reach import default_output
from cerberus_gateway.safety.redact import preview
from cerberus_gateway.safety.settings import ApprovalRule, Limits, Profile
from cerberus_gateway.safety.shape import check_shape
from cerberus_gateway.safety.survey import MalformedError, Survey, survey

_APPROVAL_HEADER: Final = "x-cerberus-approval-id"


@dataclass
class Request(Asked):
    """A request, and by what it is judged."""

    profile: Profile
    team: Mapping[str, Any]
    key: Mapping[str, Any]


async def check_request(request: Request) -> dict[str, Any]:
    """Refuses a request, or gives the fields to set on it.

    :raises HTTPException: every refusal there is, see refusal.py
    """
    limits = request.profile.limits
    check_access(request.team, request.key, [name.strip() for name in request.model.split(",") if name], request.route)
    if request.native:
        _prepare_pass_through(request)
    if request.kind == "read":
        return {}
    if request.kind == "socket" and _checks_anything(request.profile):
        message = "what goes over a socket can't be checked; use /v1/chat/completions or /v1/responses"
        raise refused("route_not_allowed", message)
    check_shape(request.kind, request.body, native=request.native)
    try:
        seen = survey(request.body)
    except MalformedError as error:
        raise refused("invalid_request", f"{error}; send a simpler one") from None
    _check_inputs(request, seen)
    changes = _check_tokens(request, limits)
    cost = _check_cost(request, limits, seen, {**request.body, **changes})
    if request.profile.content.active:
        match = await request.profile.content.find(seen.text())
        if match is not None:
            raise blocked(match, "request")
    reasons = _reasons(request, limits, cost, seen)
    if reasons:
        await _require_approval(request, cost, reasons, seen)
    return changes


def _checks_anything(profile: Profile) -> bool:
    limits = profile.limits
    return profile.content.active or any(
        value is not None
        for value in (limits.max_budget_per_request, limits.max_tokens_per_request, limits.require_approval_over)
    )


def _prepare_pass_through(request: Request) -> None:
    edge, profile = request.edge, request.profile
    if not _checks_anything(profile):
        return
    if edge is None:
        message = "pass-through routes can be checked only behind the gateway's own start-up (cerberus_gateway.proxy)"
        raise refused("safety_unavailable", message)
    if edge.headers.get("content-type", "").startswith("multipart/"):
        message = "a form sent to a pass-through route can't be checked; use the gateway's own route under /v1"
        raise refused("input_not_allowed", message)
    if profile.limits.filter_output and profile.content.active:
        edge.filter_with = profile


def _check_inputs(request: Request, seen: Survey) -> None:
    inputs = request.profile.limits.inputs
    sends_audio = seen.audio > 0 or request.kind == "transcription"
    sends_files = seen.files > 0 or "file_id" in seen.references or request.call_type in {"create_file", "acreate_file"}
    sends_images = seen.images > 0 or request.call_type in {"image_edit", "aimage_edit"}
    uses_tools = bool(seen.tools or seen.hosted_tools or request.kind == "mcp")
    for name, present, allowed in (
        ("images", sends_images, inputs.images),
        ("audio", sends_audio, inputs.audio),
        ("files", sends_files, inputs.files),
        ("tools", uses_tools, inputs.tools),
    ):
        if present and not allowed:
            raise refused("input_not_allowed", f"{name} are switched off here; send the request without", input=name)
    if seen.token_ids and request.profile.content.active:
        raise refused("input_not_allowed", "token ids can't be checked; send text", input="token_ids")


def _check_tokens(request: Request, limits: Limits) -> dict[str, Any]:
    output = read_output(request.kind, request.body)
    most = limits.max_tokens_per_request
    if most is None:
        return {}
    if request.kind == "other" and request.native:
        message = "what this route makes a model write can't be limited; use a route under /v1"
        raise refused("route_not_allowed", message)
    if output.tokens is None and not request.native:
        most = min(most, _own_default(request.model, output.answers) or most)
    return apply_limit(request.kind, request.body, output, most, native=request.native)


def _own_default(model: str, answers: int) -> int | None:
    """What the model's own rows grant a request without a limit, for all answers; None where one says nothing."""
    granted = default_output(proxy().llm_router, model)
    return None if granted is None else granted * answers


def _check_cost(request: Request, limits: Limits, seen: Survey, body: dict[str, Any]) -> float | None:
    """The worst-case cost in USD, within the limit; None when it can't be known or nobody asks for it."""
    most = limits.max_budget_per_request
    if most is None and limits.require_approval_over is None and not limits.approval_rules:
        return None
    # What tools cost that the provider runs is known to nobody.
    cost = None if seen.hosted_tools else worst_of_all(request.costs(seen, body))
    note(estimate_usd=cost)
    if most is None:
        return cost
    if cost is None:
        why = (
            f"the tool {seen.hosted_tools[0]} is run and charged by the provider"
            if seen.hosted_tools
            else ("the model has no known price here, or the request names no output limit")
        )
        message = f"what this request can cost can't be known ({why}), and at most {most} USD are allowed per request"
        raise refused("cost_limit_exceeded", message, limit_usd=most)
    if cost > most:
        message = (
            f"this request can cost up to {cost:.6g} USD; at most {most} USD are allowed per request: "
            "shorten it, lower its output limit or use a cheaper model"
        )
        raise refused("cost_limit_exceeded", message, estimate_usd=cost, limit_usd=most)
    return cost


def _reasons(request: Request, limits: Limits, cost: float | None, seen: Survey) -> list[str]:
    reasons = []
    if (threshold := limits.require_approval_over) is not None and request.kind != "mcp":
        if cost is None:
            reasons.append(f"what it can cost can't be known, and approval is required above {threshold} USD")
        elif cost > threshold:
            reasons.append(f"it can cost up to {cost:.6g} USD, and approval is required above {threshold} USD")
    reasons += [
        f"every request of this {holder} needs an approval"
        for holder, metadata in (("key", request.key), ("team", request.team))
        if metadata.get("cerberus_require_approval") is True
    ]
    uses_tools = bool(seen.tools or seen.hosted_tools or request.kind == "mcp")
    team_id = getattr(request.user, "team_id", None)
    reasons += [
        text for rule in limits.approval_rules if (text := _rule(rule, request.model, team_id, uses_tools=uses_tools))
    ]
    return reasons


def _rule(rule: ApprovalRule, model: str, team_id: str | None, *, uses_tools: bool) -> str | None:
    """Why a rule asks for approval; None when a condition of it doesn't hold. A rule without conditions never asks."""
    conditions = []
    if rule.models:
        if not any(name.strip() in rule.models for name in model.split(",")):
            return None
        conditions.append(f"it uses {model}")
    if rule.teams:
        if team_id not in rule.teams:
            return None
        conditions.append(f"it comes from the team {team_id}")
    if rule.tools:
        if not uses_tools:
            return None
        conditions.append("it uses tools")
    return " and ".join(conditions) or None


async def _require_approval(request: Request, cost: float | None, reasons: list[str], seen: Survey) -> None:
    # Found only when it is needed, since it needs the coordination Redis.
    gate = import_module("cerberus_gateway.approvals.gate")
    sent = (request.data.get("proxy_server_request") or {}).get("body")
    await gate.require(
        GateRequest(
            key_hash=str(getattr(request.user, "api_key", "") or ""),
            key_alias=getattr(request.user, "key_alias", None),
            user_id=getattr(request.user, "user_id", None),
            team_id=getattr(request.user, "team_id", None),
            model=request.model,
            route=request.route,
            body=sent if isinstance(sent, dict) else request.body,
            estimate_usd=cost,
            reasons=reasons,
            approval_id=request.header(_APPROVAL_HEADER),
            preview=preview(seen.text()),
        )
    )
