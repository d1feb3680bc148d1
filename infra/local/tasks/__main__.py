"""`python -m infra.local.tasks --port P --control-port C --state FILE.sqlite --identity FILE.json`"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from pydantic import ValidationError

from infra.local.tasks.behaviour import Behaviour
from infra.local.tasks.emulator import Settings, running
from infra.local.tasks.log import log


def settings(arguments: list[str]) -> Settings:
    parser = argparse.ArgumentParser(prog="python -m infra.local.tasks", description="Cloud Tasks on this machine.")
    parser.add_argument("--port", type=int, required=True, help="gRPC, for the google-cloud-tasks client")
    parser.add_argument("--control-port", type=int, required=True, help="HTTP: /, /health, /certs, /behaviour")
    parser.add_argument("--state", type=Path, required=True, help="SQLite file that keeps queues and tasks")
    parser.add_argument("--identity", type=Path, required=True, help="JSON file with the key that signs OIDC tokens")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--tombstone-seconds", type=float, default=3600.0, help="how long the name of a task stays taken (1 h)"
    )
    given = parser.parse_args(arguments)
    try:
        behaviour = Behaviour(tombstoneSeconds=given.tombstone_seconds)
    except ValidationError as error:
        parser.error(f"--tombstone-seconds: {error.errors()[0]['msg']}")
    return Settings(given.port, given.control_port, given.state, given.identity, given.host, behaviour)


async def serve(wanted: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(wanted):
        await stop.wait()


def main(arguments: list[str]) -> int:
    wanted = settings(arguments)
    try:
        asyncio.run(serve(wanted))
    except (OSError, RuntimeError) as error:  # a port that is taken: gRPC raises the second
        log("ERROR", f"Cloud Tasks cannot start: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
