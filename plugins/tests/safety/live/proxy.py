"""LiteLLM's proxy with the safety edge in front: python3 -m tests.safety.live.proxy <litellm arguments>."""

from cerberus_gateway.safety.edge import SafetyEdge
from litellm.proxy import proxy_server
from litellm.proxy.proxy_cli import run_server

if __name__ == "__main__":
    proxy_server.app.add_middleware(SafetyEdge)
    run_server()
