"""Loads configuration files with LiteLLM's own loader and says what it made of each, one JSON object per file.

Runs inside the LiteLLM image. Usage: load.py FILE... ; nothing is called, no port is opened.
"""

import asyncio
import json
import os
import sys
from typing import Any

import litellm
from litellm.proxy import proxy_server
from litellm.proxy._experimental.mcp_server.mcp_server_manager import global_mcp_server_manager
from litellm.proxy.guardrails.guardrail_registry import IN_MEMORY_GUARDRAIL_HANDLER
from litellm.proxy.pass_through_endpoints.pass_through_endpoints import (
    _registered_pass_through_routes as pass_through_routes,
)
from litellm.proxy.prompts.prompt_registry import IN_MEMORY_PROMPT_REGISTRY

PARAMS = (
    *("model", "rpm", "tpm", "weight", "order", "max_tokens", "api_base", "api_version", "tags"),
    *("input_cost_per_token", "output_cost_per_token", "max_budget", "budget_duration"),
)
INFO = ("base_model", "access_groups", "health_check_model", "disable_background_health_check")


def deployment(row: dict[str, Any]) -> dict[str, Any]:
    params = dict(row["litellm_params"])
    info = row["model_info"]
    return {
        "name": row["model_name"],
        "id": row["model_info"]["id"],
        "has_key": bool(params.get("api_key") or params.get("vertex_credentials") or params.get("aws_access_key_id")),
        **{name: params[name] for name in PARAMS if params.get(name) is not None},
        **{name: info[name] for name in INFO if info.get(name) is not None},
    }


def forget() -> None:
    """Take away what the loader keeps from one file to the next; a real gateway loads one."""
    IN_MEMORY_GUARDRAIL_HANDLER.guardrail_id_to_custom_guardrail.clear()
    IN_MEMORY_GUARDRAIL_HANDLER.IN_MEMORY_GUARDRAILS.clear()
    IN_MEMORY_PROMPT_REGISTRY.IN_MEMORY_PROMPTS.clear()
    IN_MEMORY_PROMPT_REGISTRY.prompt_id_to_custom_prompt.clear()
    global_mcp_server_manager.config_mcp_servers.clear()
    pass_through_routes.clear()
    litellm.callbacks.clear()
    litellm.success_callback = []
    litellm.failure_callback = []
    litellm.cache = None


def names(callbacks: list[Any]) -> list[str]:
    """Callbacks by their names; an initialised one is an object of a class."""
    return [callback if isinstance(callback, str) else type(callback).__name__ for callback in callbacks]


def cache() -> dict[str, Any] | None:
    if litellm.cache is None:
        return None
    return {
        "type": type(litellm.cache.cache).__name__,
        "mode": litellm.cache.mode,
        "ttl": litellm.cache.ttl,
        "call_types": litellm.cache.supported_call_types,
    }


def routing(router: Any) -> dict[str, Any]:  # noqa: ANN401 - LiteLLM's own class, whose attributes are asked for
    checks = [type(check).__name__ for check in router.optional_callbacks or []]
    return {
        "model_group_alias": router.model_group_alias,
        "fallbacks": router.fallbacks or [],
        "context_window_fallbacks": router.context_window_fallbacks or [],
        "content_policy_fallbacks": router.content_policy_fallbacks or [],
        "routing_strategy": str(router.routing_strategy),
        "num_retries": router.num_retries,
        "retry_policy": router.retry_policy.model_dump(exclude_none=True) if router.retry_policy else {},
        "allowed_fails": router.allowed_fails,
        "cooldown_time": router.cooldown_time,
        "enable_pre_call_checks": router.enable_pre_call_checks,
        "enforces_rate_limits": "ModelRateLimitingCheck" in checks,
        "limits_budgets": "RouterBudgetLimiting" in checks,
        "provider_budgets": {
            name: budget if isinstance(budget, dict) else budget.model_dump(exclude_none=True)
            for name, budget in (router.provider_budget_config or {}).items()
        },
        "enable_tag_filtering": router.enable_tag_filtering,
        "search_tools": [tool["search_tool_name"] for tool in router.search_tools],
    }


async def load(file: str) -> dict[str, Any]:
    forget()
    router, _, settings = await proxy_server.ProxyConfig().load_config(router=None, config_file_path=file)
    guardrails = [
        {
            "name": row["guardrail_name"],
            "type": row["litellm_params"].guardrail,
            "mode": row["litellm_params"].mode,
            "default_on": row["litellm_params"].default_on,
        }
        for row in IN_MEMORY_GUARDRAIL_HANDLER.IN_MEMORY_GUARDRAILS.values()
    ]
    return {
        "deployments": [deployment(row) for row in router.get_model_list() or []],
        **routing(router),
        "guardrails": guardrails,
        "max_budget": litellm.max_budget,
        "budget_duration": litellm.budget_duration,
        "cache": cache(),
        "callbacks": names(litellm.callbacks),
        "success_callback": names(litellm.success_callback),
        "failure_callback": names(litellm.failure_callback),
        "background_health_checks": proxy_server.use_background_health_checks,
        "health_check_interval": proxy_server.health_check_interval,
        "mcp_servers": {
            server.server_name: {
                "url": server.url,
                "auth": server.auth_type,
                "token": bool(server.authentication_token),
            }
            for server in global_mcp_server_manager.config_mcp_servers.values()
        },
        "pass_through": sorted({str(route["path"]) for route in pass_through_routes.values()}),
        "prompts": [prompt.prompt_id for prompt in IN_MEMORY_PROMPT_REGISTRY.IN_MEMORY_PROMPTS.values()],
        "block_unpriced": litellm.block_requests_for_models_without_pricing,
        "fail_closed": settings.get("fail_closed_budget_enforcement"),
    }


async def main() -> None:
    for file in sys.argv[1:]:
        try:
            result: dict[str, Any] = {"loaded": await load(file)}
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"file": file, **result}, default=str), flush=True)  # noqa: T201


async def run() -> None:
    await main()
    # Tasks that callbacks leave behind never end by themselves.
    os._exit(0)


asyncio.run(run())
