"""`/metrics` of task workers that run without a server beside them, on `WORKER_METRICS_PORT`."""

from __future__ import annotations

import os
import signal
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST

from interview_trainer.metrics_page import figures, may_see

CLIENT_TIMEOUT_S = 10
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


class Exporter(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    parent_pid = 0

    def service_actions(self) -> None:
        """Every half second: ends with whom it is for."""
        if os.getppid() != self.parent_pid:
            os._exit(0)


class Handler(BaseHTTPRequestHandler):
    timeout = CLIENT_TIMEOUT_S

    def do_GET(self) -> None:
        meta = {f"HTTP_{name.upper().replace('-', '_')}": "" for name in self.headers}
        if self.path != "/metrics" or not may_see(meta | {"REMOTE_ADDR": self.client_address[0]}):
            self.send_error(404)
            return
        body = figures()
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """As of the server's probes, there is no line of each."""


def serve_metrics(parent_pid: int) -> None:
    """Until a signal comes or the parent is gone."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    with Exporter((settings.HOST.strip("[]"), settings.WORKER_METRICS_PORT), Handler) as exporter:
        exporter.parent_pid = parent_pid
        exporter.serve_forever()
