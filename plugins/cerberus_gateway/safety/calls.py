"""What LiteLLM's call types mean for the checks."""

import re
from typing import Any, Final, Literal
from urllib.parse import unquote

type Kind = Literal[
    "chat",
    "completion",
    "responses",
    "messages",
    "gemini",
    "embedding",
    "image",
    "speech",
    "transcription",
    "rerank",
    "moderation",
    "pass_through",
    "mcp",
    "socket",
    "read",
    "other",
]

_KINDS: Final[dict[str, Kind]] = {
    "acompletion": "chat",
    "completion": "chat",
    "atext_completion": "completion",
    "text_completion": "completion",
    "aresponses": "responses",
    "responses": "responses",
    "acompact_responses": "responses",
    "anthropic_messages": "messages",
    "aanthropic_messages": "messages",
    "agenerate_content": "gemini",
    "generate_content": "gemini",
    "agenerate_content_stream": "gemini",
    "generate_content_stream": "gemini",
    "aembedding": "embedding",
    "embedding": "embedding",
    "aembeddings": "embedding",
    "embeddings": "embedding",
    "image_generation": "image",
    "aimage_generation": "image",
    "image_edit": "image",
    "aimage_edit": "image",
    "aspeech": "speech",
    "speech": "speech",
    "audio_transcription": "transcription",
    "transcription": "transcription",
    "atranscription": "transcription",
    "rerank": "rerank",
    "arerank": "rerank",
    "moderation": "moderation",
    "amoderation": "moderation",
    "pass_through_endpoint": "pass_through",
    "allm_passthrough_route": "pass_through",
    "llm_passthrough_route": "pass_through",
    "call_mcp_tool": "mcp",
    "list_mcp_tools": "mcp",
    "_arealtime": "socket",
    "_aresponses_websocket": "socket",
    "acreate_realtime_client_secret": "socket",
    "arealtime_calls": "socket",
    "acreate_realtime_transcription_session": "socket",
}
# Calls about something that is there already: they send nothing to a model and cost nothing.
_READS: Final = ("alist_", "aget_", "adelete_", "aretrieve_", "acancel_", "list_", "retrieve_", "cancel_", "delete_")
_OTHER_READS: Final = frozenset(
    {"afile_retrieve", "afile_delete", "afile_content", "avideo_status", "avideo_content", "avideo_list"}
    | {"avideo_get_character", "avector_store_retrieve", "avector_store_list", "avector_store_delete"}
)

GENERATIONS: Final = frozenset({"chat", "completion", "responses", "messages", "gemini"})


def kind_of(call_type: str) -> Kind:
    """The kind of a call; "other" for a call whose cost nothing is known about."""
    if (known := _KINDS.get(call_type)) is not None:
        return known
    return "read" if call_type.startswith(_READS) or call_type in _OTHER_READS else "other"


# Pass-through routes end as the provider's own do; a route that is not known here is of kind "other".
_NATIVE: Final[tuple[tuple[str, Kind], ...]] = (
    ("/chat/completions", "chat"),
    ("/completions", "completion"),
    ("/responses", "responses"),
    ("/messages", "messages"),
    (":rawPredict", "messages"),
    (":streamRawPredict", "messages"),
    (":generateContent", "gemini"),
    (":streamGenerateContent", "gemini"),
    ("/embeddings", "embedding"),
    ("/images/generations", "image"),
    ("/audio/speech", "speech"),
    ("/moderations", "moderation"),
    ("/rerank", "rerank"),
)
_MODEL_IN_PATH: Final = re.compile(r"/(?:models?|deployments)/([^/:]+)")


def native_kind(method: str, route: str) -> Kind:
    """The kind of a pass-through request."""
    if method in {"GET", "HEAD", "DELETE", "OPTIONS"}:
        return "read"
    return next((kind for ending, kind in _NATIVE if route.endswith(ending)), "other")


def native_model(route: str, body: dict[str, Any]) -> str | None:
    """The price map's name of a pass-through request's model; the body names it, or the path."""
    named = body.get("model")
    found = _MODEL_IN_PATH.search(route)
    model = named if isinstance(named, str) else unquote(found[1]) if found is not None else None
    return f"gemini/{model}" if model is not None and route.startswith("/gemini/") and "/" not in model else model


# What LiteLLM adds to a request's data beside the client's body.
_LITELLMS_OWN: Final = frozenset(
    {"metadata", "litellm_metadata", "proxy_server_request", "litellm_logging_obj", "litellm_call_id", "secret_fields"}
    | {"litellm_params", "user_api_key_dict", "model_info", "router_settings_override", "_router_weights", "guardrails"}
    | {"policies", "litellm_trace_id", "litellm_session_id", "user", "api_key", "api_base", "headers", "extra_headers"}
)


def client_body(data: dict[str, Any]) -> dict[str, Any]:
    """What goes to the model: the request's data without what LiteLLM added."""
    return {key: value for key, value in data.items() if key not in _LITELLMS_OWN and not key.startswith("_litellm")}
