"""`python -m infra.chaos [--seed N] [--targets N] [--seconds N]`, or `make chaos`: everything breaks while it sends."""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from infra.chaos.play import play
from infra.chaos.report import show
from infra.local.trouble import Trouble

LEAST = 1_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="which faults, and when; drawn if not given")
    parser.add_argument("--targets", type=_targets, default=20_000)
    parser.add_argument("--seconds", type=_seconds, default=45.0, help="how long things are broken")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if given.seed is None else given.seed
    console = Console()
    console.print(f"seed {seed}: {given.targets:,} targets, {given.seconds:g} s of faults (make chaos SEED={seed})")
    state = Path(tempfile.mkdtemp(prefix="chaos-"))
    keep = False
    try:
        verdict = asyncio.run(play(state / "stack", seed, given.targets, given.seconds))
        keep = not verdict.good
        show(verdict, console)
    except KeyboardInterrupt:
        console.print(f"Stopped before anything was judged (seed {seed}).")
        return 130
    except Exception as error:
        keep = True
        if not isinstance(error, Trouble):
            raise
        console.print(str(error))
        return 2
    finally:
        if keep:
            console.print(f"The logs of all parts, and FCM's journal, are in {state / 'stack' / 'logs'}.")
        else:
            shutil.rmtree(state, ignore_errors=True)
    return 0 if verdict.good else 1


def _targets(said: str) -> int:
    """Fewer would leave some of the schedules nobody to go to."""
    if not said.isdecimal() or int(said) < LEAST:
        raise argparse.ArgumentTypeError(f"must be a number, at least {LEAST:,}")
    return int(said)


def _seconds(said: str) -> float:
    if not said.replace(".", "", 1).isdecimal():
        raise argparse.ArgumentTypeError("must be a number of seconds")
    return float(said)


if __name__ == "__main__":
    sys.exit(main())
