"""Loads configuration files with LiteLLM's own loader and says what it made of each, one JSON object per file.

Runs inside the LiteLLM image. Usage: load.py FILE... ; nothing is called, no port is opened.
"""

import asyncio
import json
import sys
from typing import Any

import litellm
from litellm.proxy import proxy_server
from litellm.proxy.guardrails.guardrail_registry import IN_MEMORY_GUARDRAIL_HANDLER


def deployment(row: dict[str, Any]) -> dict[str, Any]:
    params = dict(row["litellm_params"])
    names = ("model", "rpm", "tpm", "weight", "order", "max_tokens", "api_base", "input_cost_per_token", "max_budget")
    return {
        "name": row["model_name"],
        "id": row["model_info"]["id"],
        "has_key": bool(params.get("api_key") or params.get("vertex_credentials") or params.get("aws_access_key_id")),
        **{name: params[name] for name in names if params.get(name) is not None},
    }


async def load(file: str) -> dict[str, Any]:
    IN_MEMORY_GUARDRAIL_HANDLER.guardrail_id_to_custom_guardrail.clear()
    IN_MEMORY_GUARDRAIL_HANDLER.IN_MEMORY_GUARDRAILS.clear()
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
        "aliases": router.model_group_alias,
        "fallbacks": router.fallbacks or [],
        "context_window_fallbacks": router.context_window_fallbacks or [],
        "content_policy_fallbacks": router.content_policy_fallbacks or [],
        "routing_strategy": str(router.routing_strategy),
        "num_retries": router.num_retries,
        "allowed_fails": router.allowed_fails,
        "cooldown_time": router.cooldown_time,
        "enable_pre_call_checks": router.enable_pre_call_checks,
        "guardrails": guardrails,
        "max_budget": litellm.max_budget,
        "budget_duration": litellm.budget_duration,
        "cache": type(litellm.cache.cache).__name__ if litellm.cache else None,
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


asyncio.run(main())
