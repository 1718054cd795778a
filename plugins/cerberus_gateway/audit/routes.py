"""What a path is for: which kind of call, which administration, or nothing worth a line."""

import re
from functools import lru_cache
from typing import Literal

type Call = Literal[
    "chat_completion",
    "text_completion",
    "embedding",
    "response",
    "message",
    "image",
    "audio",
    "rerank",
    "moderation",
    "pass_through",
    "mcp",
    "other",
]

_SKIPPED = re.compile(
    r"/(health|metrics|ui|_next|litellm-asset-prefix|swagger|docs|redoc|public|\.well-known)(/|$)"
    r"|/(favicon\.ico|get_favicon|get_image|get_logo_url|openapi\.json|routes|test|)$"
)
"""Probes, metrics, pages and what anybody may read without a key."""

_AZURE = r"/(openai/deployments|engines)/[^/]+"
_ENDINGS: dict[Call, str] = {
    "chat_completion": r"/chat/completions$",
    "text_completion": r"/completions$",
    "embedding": r"/embeddings$",
    "response": r"/responses(/|$)",
    "message": r"/messages(/|$)",
    "image": r"/images/",
    "audio": r"/audio/",
    "rerank": r"/rerank$",
    "moderation": r"/moderations$",
}
_CALLS = {call: re.compile(rf"({_AZURE}|/v\d+\w*|/cursor)?{ending}") for call, ending in _ENDINGS.items()}
_MCP = re.compile(r"/mcp(-rest)?(/|$)|/[^/]+/mcp(/|$)")
_PASS_THROUGH = re.compile(
    r"/(openai|openai_passthrough|anthropic|vertex_ai|vertex-ai|gemini|bedrock|azure|azure_ai|cohere|mistral|assemblyai"
    r"|eu\.assemblyai|langfuse|vllm|milvus|cursor)/"
)
_ADMIN = re.compile(
    r"/(key|team|user|customer|end_user|budget|model|model_group|tag|organization|project|credentials|config|get|global"
    r"|spend|guardrails|policies|policy|prompts|cache|callbacks|active|invitation|access_group|audit|settings|update"
    r"|provider|router|fallback|sso|login|v2/login|v1/access_group|v1/mcp/server|v1/mcp/toolset|v2/key|v2/team|v2/user"
    r"|v2/model|v1/model|v2/guardrails|add|delete|schedule|reload|debug|cost|onboarding|jwt|scim)(/|$)"
)
_ADMIN_CALLS = re.compile(r"/guardrails/apply_guardrail$|/spend/calculate$|/cost/estimate$")
"""Under an administration's prefix, but asked by any client."""
PATHS = 256
"""So many paths are remembered; most requests are of a few."""


@lru_cache(PATHS)
def skipped(path: str) -> bool:
    """Whether requests of `path` are left out of the log."""
    return _SKIPPED.match(path) is not None


@lru_cache(PATHS)
def administration(path: str) -> bool:
    """Whether `path` reads or changes who may do what, and what the gateway is."""
    return _ADMIN.match(path) is not None and _ADMIN_CALLS.match(path) is None


@lru_cache(PATHS)
def call_of(path: str) -> Call:
    """The kind of call that `path` makes."""
    for call, pattern in _CALLS.items():
        if pattern.match(path):
            return call
    if _MCP.match(path):
        return "mcp"
    return "pass_through" if _PASS_THROUGH.match(path) else "other"
