"""`python -m infra.chaos [--seed N] [--targets N] [--seconds N]`, or `make chaos`: everything breaks while it sends."""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from infra.chaos.play import play
from infra.chaos.report import show
from infra.local.trouble import Trouble


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="which faults, and when; drawn if not given")
    parser.add_argument("--targets", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=45.0, help="how long things are broken")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    console = Console()
    console.print(f"seed {seed}: {given.targets:,} targets, {given.seconds:g} s of faults (make chaos SEED={seed})")
    state = Path(tempfile.mkdtemp(prefix="chaos-"))
    try:
        verdict = asyncio.run(play(state / "stack", seed, given.targets, given.seconds))
    except Trouble as trouble:
        console.print(str(trouble))
        return 2
    show(verdict, console)
    if not verdict.good:
        console.print(f"The logs of all parts are in {state / 'stack' / 'logs'}.")
    return 0 if verdict.good else 1


if __name__ == "__main__":
    sys.exit(main())
