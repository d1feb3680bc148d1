"""What people use today to send to many tokens: Google's own libraries, in the loop that their documentation shows.

Each runs in a process of its own and prints what it took; starting up does not count, for them as for us.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from infra.bench.missing import Missing
from infra.bench.sink import Sink
from infra.local.trouble import Broke

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_PATIENCE_S = 300


class Sent(NamedTuple):
    messages: int
    seconds: float
    cpu_s: float
    peak_mib: float


class Other(NamedTuple):
    """`most`: how many messages it sends at most, so that the slow ones do not take all the time there is."""

    name: str
    most: int
    way: str
    needs_node: bool = False

    def send(self, targets: Sequence[str], sink: Sink, directory: Path, modules: Path | None) -> Sent:
        """Raises Broke unless every message was accepted."""
        tokens = directory / "tokens.json"
        tokens.write_text(json.dumps(targets))
        environment = {**os.environ}
        if self.needs_node:
            command = ["node", str(_HERE / "node/send.cjs"), str(tokens), str(sink.port)]
            environment |= {"NODE_PATH": str(modules), "NODE_EXTRA_CA_CERTS": str(sink.certificate)}
        else:
            command = [sys.executable, "-m", "infra.bench.admin", self.way, str(tokens), sink.endpoint()]
            # requests and httpx are told in different ways whom to trust.
            environment |= {"REQUESTS_CA_BUNDLE": str(sink.certificate), "SSL_CERT_FILE": str(sink.certificate)}
        done = subprocess.run(
            command, env=environment, cwd=_ROOT, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
        if done.returncode:
            raise Broke(f"{self.name} ended with {done.returncode}:\n{done.stderr[-2_000:]}")
        said = json.loads(done.stdout)
        if said["accepted"] != len(targets):
            raise Broke(f"{self.name} had {said['accepted']} of {len(targets)} messages accepted: {done.stderr[-500:]}")
        return Sent(len(targets), said["seconds"], said["cpu_s"], said["peak_mib"])


OTHERS = (
    Other("firebase-admin for Python, send_each", 4_000, "send_each"),
    Other("firebase-admin for Python, send_each_async", 4_000, "send_each_async"),
    Other("firebase-admin for Node, sendEach over HTTP/1.1", 10_000, "", needs_node=True),
)


def node_modules(say: Callable[[str], None]) -> Path:
    """Where Node's firebase-admin is, installed by npm when it is first asked for. Raises Missing."""
    package = _HERE / "node/package.json"
    wanted = json.loads(package.read_text())["dependencies"]["firebase-admin"]
    where = _ROOT / ".local/bench/node"
    installed = where / "node_modules/firebase-admin/package.json"
    if installed.exists() and json.loads(installed.read_text())["version"] == wanted and shutil.which("node"):
        return where / "node_modules"
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Missing("there is no npm and Node on this machine (nodejs.org, 20 or later)")
    say(f"npm installs firebase-admin {wanted} in .local/bench")
    where.mkdir(parents=True, exist_ok=True)
    shutil.copy(package, where)
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    if done.returncode:
        raise Missing(f"npm could not install it ({(done.stderr or done.stdout).strip().splitlines()[-1:]})")
    return where / "node_modules"
