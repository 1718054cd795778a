"""Starts the provider and the proxy once for all live tests."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.safety.live.upstream import serve

KEY = "sk-" + "0123456789abcdef" * 4


@dataclass
class Gateway:
    """The running proxy."""

    http: httpx.Client
    process: subprocess.Popen[bytes]
    log: Path

    def alive(self) -> bool:
        """Whether the very process that was started still serves."""
        return self.process.poll() is None and self.http.get("/health/liveliness").status_code == 200


def config(base: str) -> dict[str, Any]:
    """config.yaml: models of the made-up provider, and the guardrail with every limit set."""
    openai = {"api_base": f"{base}/v1", "api_key": "none"}

    def model(name: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401
        return {"model_name": name, "litellm_params": params}

    return {
        "model_list": [
            model("chat", model="openai/gpt-4o", **openai),
            model("text", model="text-completion-openai/gpt-3.5-turbo-instruct", **openai),
            model("claude", model="anthropic/claude-sonnet-4-6", api_base=base, api_key="none"),
            model("embedder", model="openai/text-embedding-3-small", **openai),
            model("dear", model="openai/o1-pro", **openai),
            model("cheap-with-dear-fallback", model="openai/gpt-4o-mini", **openai),
            model("unpriced", model="openai/nobody-knows", **openai),
        ],
        "litellm_settings": {"num_retries": 0, "fallbacks": [{"cheap-with-dear-fallback": ["dear"]}]},
        "general_settings": {"master_key": KEY},
        "guardrails": [
            {
                "guardrail_name": "cerberus_safety",
                "litellm_params": {
                    "guardrail": "cerberus_gateway.safety.guardrail.CerberusSafety",
                    "mode": ["pre_call", "post_call"],
                    "default_on": True,
                    "safety": {
                        "max_budget_per_request": 0.1,
                        "max_tokens_per_request": 400,
                        "blocked_content_types": ["harmful", "illegal", "secrets", "internal"],
                        "categories": {"internal": {"keywords": ["project x"], "patterns": ["TICKET-[0-9]+"]}},
                        "inputs": {"audio": False},
                    },
                },
            }
        ],
    }


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The proxy, ready to serve."""
    upstream = serve()
    base = f"http://127.0.0.1:{upstream.server_port}"
    folder = tmp_path_factory.mktemp("gateway")
    # As in a stack: the package lies beside config.yaml.
    package = Path(__file__).parents[3] / "cerberus_gateway"
    shutil.copytree(package, folder / "cerberus_gateway", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "config.yaml").write_text(json.dumps(config(base)))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "log"
    env = {**os.environ, "OPENAI_API_BASE": base, "OPENAI_API_KEY": "none", "ANTHROPIC_API_BASE": base}
    env |= {"ANTHROPIC_API_KEY": "none", "PYTHONPATH": f"{folder}:{os.environ['PYTHONPATH']}"}
    command = [sys.executable, "-m", "tests.safety.live.proxy", "--config", str(folder / "config.yaml")]
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603
            [*command, "--host", "127.0.0.1", "--port", str(port)], env=env, stdout=out, stderr=out
        )
    http = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"authorization": f"Bearer {KEY}"}, timeout=60)
    try:
        _wait(http, process, log)
        yield Gateway(http, process, log)
    finally:
        process.terminate()
        process.wait(30)
        upstream.shutdown()


def _wait(http: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if http.get("/health/readiness").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    pytest.fail(f"the proxy does not serve; its log ends with:\n{log.read_text()[-4000:]}")
