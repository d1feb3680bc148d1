"""`python -m infra.local run|demo [--port BASE] [--state DIR]`: the whole stack on this machine."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.local.demo.play import demo
from infra.local.parts import ROOT
from infra.local.ports import BASE, OFFSETS, Ports, chosen, counted_from, free, option, variable
from infra.local.run import run
from infra.local.trouble import CannotStart, Trouble


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="HALO Push on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="the stack in the foreground until Ctrl-C")
    demo = commands.add_parser("demo", help="a fresh stack, the four use cases, and what arrives on the phones")
    for command, base, state in ((run, str(BASE), ".local"), (demo, "free ones", ".local/demo")):
        command.add_argument(
            "--port", type=int, metavar="BASE", help=f"first port, the others follow (default: {base}; HALO_PORT)"
        )
        command.add_argument("--state", type=Path, default=ROOT / state, help=f"directory of its data ({state})")
        for name in OFFSETS:
            command.add_argument(option(name), type=int, metavar="PORT", help=f"of {name} ({variable(name)})")
    return parser


def ports(given: argparse.Namespace) -> Ports:
    """Raises CannotStart for what is no port."""
    base = given.port
    if base is None and (text := os.environ.get("HALO_PORT")):
        if not text.isdigit():
            raise CannotStart(f"HALO_PORT is {text!r}, which is no port: choose one from 1 to 65535.")
        base = int(text)
    if base is None and given.command == "run":
        base = BASE
    start = free() if base is None else counted_from(base)
    return chosen(start, {name: getattr(given, f"{name}_port") for name in OFFSETS}, os.environ)


def main(words: Sequence[str] | None = None) -> int:
    given = arguments().parse_args(words)
    try:
        command = run if given.command == "run" else demo
        return command(given.state, ports(given))
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.exit_code
    except KeyboardInterrupt:  # before or after anything runs
        return 130


if __name__ == "__main__":
    sys.exit(main())
