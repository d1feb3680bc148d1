"""Stacks of tiny programs in place of the real parts."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from infra.local import ports
from infra.local.parts import Part, Probe
from infra.local.plan import Plan
from infra.local.stackfile import Addresses, AdminAccess, AppAccess

SERVER = """
import http.server, os, subprocess, sys
print("serving on", sys.argv[1], flush=True)
if "--worker" in sys.argv:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2]))
        self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
ADDRESSES = Addresses(
    api="http://127.0.0.1:1/",
    fcm="http://127.0.0.1:2",
    tasks="127.0.0.1:3",
    tasks_control="http://127.0.0.1:4",
    firestore="127.0.0.1:5",
    auth="127.0.0.1:6",
    project="halo-local",
    app=AppAccess(app_id=1, client_id="id", client_secret="secret"),
    admin=AdminAccess(username="admin", password="word"),
)


class Stubs:
    """Parts and plans made of them, all in one state directory."""

    addresses = ADDRESSES

    def __init__(self, state: Path) -> None:
        self.state = state

    def plan(self, *parts: Part) -> Plan:
        return Plan(self.state, list(parts), ADDRESSES, {}, None)

    def program(self, name: str, code: str, *arguments: str, tier: int = 1) -> Part:
        """Ready when it runs."""
        return Part(name, [sys.executable, "-c", code, *arguments], {}, "", tier)

    def server(self, name: str, *options: str, status: int = 200, code: str = SERVER) -> Part:
        """Ready when it answers with this status; with `--worker` it has a child."""
        port = ports.free().api
        probe = Probe(f"http://127.0.0.1:{port}/", any_answer=status != 200)
        return replace(self.program(name, code, str(port), str(status), *options), probe=probe)


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    return Stubs(tmp_path)
