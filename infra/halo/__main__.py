"""`python -m infra.halo`, which `.venv/bin/halo` calls."""

import sys
from io import TextIOWrapper

from infra.halo.app import build


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no é shows what it cannot, and does not end the command.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    build()(prog_name="halo")


if __name__ == "__main__":
    main()
