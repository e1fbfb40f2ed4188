"""LiteLLM's proxy, as its documentation sets it up for production; no database.

https://docs.litellm.ai/docs/proxy/prod and https://docs.litellm.ai/docs/benchmarks
"""

import json
import os
import secrets
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from contenders.base import MODEL, PATIENCE_S, Contender, chat, post
from deploy.programs import LOOPBACK, answers, free_port

PACKAGE = "litellm[proxy]"
KEY = f"sk-{secrets.token_hex(32)}"  # it refuses weak ones
WORKERS = 2


class LiteLLM(Contender):
    name = "litellm"
    uses_stores = False

    @property
    def description(self) -> str:
        return f"LiteLLM's proxy {version(self.ground.cache)}: {WORKERS} workers, no database"

    def start(self, stack: ExitStack) -> None:
        program = installed(self.ground.cache / "litellm")
        config = self.ground.folder / "litellm.json"  # which is YAML too
        config.write_text(json.dumps(self.config()))
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        command = [
            str(program), "--config", str(config), "--host", "127.0.0.1", "--port", str(port),
            "--num_workers", str(WORKERS), "--telemetry", "False",
            "--timeout_worker_healthcheck", str(PATIENCE_S),
        ]  # fmt: skip
        self.run(stack, command, answers(LOOPBACK, port, "/health/readiness"), environment())

    def config(self) -> dict[str, object]:
        parameters = {
            "model": f"openai/{MODEL}",
            "api_base": f"{self.ground.vendor_url}/v1",
            "api_key": "sk-benchmark",
        }
        return {
            "model_list": [{"model_name": MODEL, "litellm_params": parameters}],
            "litellm_settings": {
                "set_verbose": False,
                "json_logs": True,
                "request_timeout": 600,
                "num_retries": 0,
                "callbacks": [],
            },
            "general_settings": {"master_key": "os.environ/LITELLM_MASTER_KEY"},
        }

    def request(self, number: int, *, is_streamed: bool) -> bytes:
        return STREAMED if is_streamed else WHOLE


WHOLE, STREAMED = (
    post("/v1/chat/completions", chat(is_streamed=is_streamed), Authorization=f"Bearer {KEY}")
    for is_streamed in (False, True)
)


def environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "LITELLM_MASTER_KEY": KEY,
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOG": "ERROR",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }


def installed(folder: Path) -> Path:
    """The proxy's program, installed where it is not."""
    program = folder / "bin" / "litellm"
    if not program.exists():
        print(f"Installing {PACKAGE} into {folder} (once)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", PACKAGE]
        subprocess.run(pip, check=True)
    return program


def version(cache: Path) -> str:
    python = cache / "litellm" / "bin" / "python"
    code = "import importlib.metadata as m; print(m.version('litellm'))"
    return subprocess.check_output([python, "-c", code], text=True).strip()
