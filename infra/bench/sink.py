"""What stands in for FCM where the sender is measured: nginx, over HTTP/2 and TLS, which answers at once or late.

Debian's nginx-light brings the module that waits (`echo_sleep`). One worker, as many streams on a connection as FCM
allows, and a certificate of its own, made for this run: whoever sends must be told to trust it (`certificate`).
"""

import math
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

from infra.bench.missing import Missing
from infra.local import ports
from infra.local.process import Process
from infra.local.trouble import Broke

STREAMS = 100
_MODULE = Path("/usr/lib/nginx/modules/ngx_http_echo_module.so")
_BODY = '{"name": "projects/bench/messages/0:1700000000000000%0123456789abcdef"}'
# FCM's own answers: half within 80 ms, 95 % within 350 ms, all but one in a thousand within 1.3 s. A log-normal has
# all three.
TAIL_MEDIAN_S = 0.08
TAIL_SIGMA = math.log(350 / 80) / NormalDist().inv_cdf(0.95)


class Answers(NamedTuple):
    """A way to answer: the path under which the sink does so, and what people call it."""

    path: str
    label: str


AT_ONCE = Answers("", "0 ms")
AFTER_50_MS = Answers("/late", "50 ms")
LIKE_FCM = Answers("/tail", "80 ms, 5 % above 350 ms")


class Sink(NamedTuple):
    port: int
    certificate: Path

    def endpoint(self, answers: Answers = AT_ONCE) -> str:
        return f"https://localhost:{self.port}{answers.path}"

    def url(self, answers: Answers = AT_ONCE) -> str:
        return f"{self.endpoint(answers)}/v1/projects/bench/messages:send"


@contextmanager
def sink(directory: Path) -> Iterator[Sink]:
    """Raises Missing with the commands that install what it needs, Broke when nginx does not answer."""
    directory.mkdir(parents=True, exist_ok=True)
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin")
    if nginx is None or not _MODULE.exists() or shutil.which("openssl") is None:
        raise Missing("no sink to send to: `apt-get install nginx-light openssl` brings it")
    port = ports.free().fcm
    made = Sink(port, _certificate(directory))
    written = directory / "nginx.conf"
    written.write_text(configuration(directory, made))
    log = directory / "nginx.log"
    process = Process([nginx, "-p", str(directory), "-c", str(written)], {"PATH": "/usr/bin"}, directory, log)
    try:
        _wait(made, process, log)
        yield made
    finally:
        process.kill()


def configuration(directory: Path, made: Sink) -> str:
    key = directory / "key.pem"
    temporary = "\n".join(
        f"  {kind}_temp_path {directory}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    waits = "\n".join(f"    {share:.2f}% {wait:.3f};" for share, wait in steps()[:-1])
    return f"""
load_module {_MODULE};
worker_processes 1;
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  default_type application/json;
  keepalive_requests 1000000000;
  keepalive_timeout 3600;
{temporary}
  split_clients $request_id $wait {{
{waits}
    * {steps()[-1][1]:.3f};
  }}
  server {{
    listen 127.0.0.1:{made.port} ssl http2;
    ssl_certificate {made.certificate};
    ssl_certificate_key {key};
    http2_max_concurrent_streams {STREAMS};
    location /v1/ {{ return 200 '{_BODY}'; }}
    location {AFTER_50_MS.path}/ {{ echo_sleep 0.05; echo '{_BODY}'; }}
    location {LIKE_FCM.path}/ {{ echo_sleep $wait; echo '{_BODY}'; }}
  }}
}}
"""


def steps() -> list[tuple[float, float]]:
    """The tail as nginx can draw it: shares in percent that make a hundred, each with its wait in seconds.

    Steps of 2 % up to the 98th percentile, then of 0.05 %: the slowest two in a hundred decide how long a page takes.
    """
    shares = [2.0] * 49 + [0.05] * 40
    found, below = [], 0.0
    for share in shares:
        middle = (below + share / 2) / 100
        found.append((share, TAIL_MEDIAN_S * math.exp(TAIL_SIGMA * NormalDist().inv_cdf(middle))))
        below += share
    return found


def _certificate(directory: Path) -> Path:
    certificate = directory / "certificate.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "7",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout", str(directory / "key.pem"), "-out", str(certificate),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return certificate


def _wait(made: Sink, process: Process, log: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(made.certificate))
    for _ in range(100):
        if not process.alive:
            break
        try:
            with socket.create_connection((ports.HOST, made.port), 1) as raw:
                trusting.wrap_socket(raw, server_hostname="localhost").close()
                return
        except OSError:
            time.sleep(0.05)
    raise Broke(f"nginx did not start:\n{log.read_text()[-2_000:]}")
