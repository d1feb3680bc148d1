"""`python -m infra.import --app N --tags FILE --users FILE --devices FILE [--dry-run]`: NDJSON files from HALO.

Exit codes: 0 all rows are in, 1 some were refused (the report says which and why), 2 nothing can be imported like
this, 130 stopped.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.local.parts import ROOT
from infra.local.secrets import load
from infra.local.stackfile import Addresses
from infra.local.trouble import CannotStart, Trouble
from push.bootstrap import Container
from push.domain.errors import Misconfigured
from push.settings import Settings

from .journal import Journal, Phase, refused
from .progress import showing
from .run import Files, run

_HERE = ROOT / ".local"
# What only the functions need.
_UNUSED = {"TASKS_LOCATION": "none", "TOKEN_KEYS": "{}", "INVOKER": "none", "OIDC_AUDIENCE": "none"}


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.import",
        description="Moves an app's tags, identified users and devices from HALO: NDJSON, one object of HALO's API a "
        "line, gzipped or not. The same command again goes on where it stopped, or finds that all is there.",
    )
    parser.add_argument("--app", type=int, required=True, help="id of the app that they belong to")
    for kind in ("tags", "users", "devices"):
        parser.add_argument(f"--{kind}", type=Path, metavar="FILE")
    parser.add_argument("--project", help="Google Cloud project (default: GOOGLE_CLOUD_PROJECT)")
    parser.add_argument("--local", action="store_true", help="into the stack that `make run` keeps running")
    parser.add_argument("--dry-run", action="store_true", help="check everything against what is stored, write nothing")
    parser.add_argument("--report", type=Path, help="what was refused and why (default: .local/import/APP.ndjson)")
    parser.add_argument("--restart", action="store_true", help="forget how far an earlier run came")
    return parser


def main(words: Sequence[str] | None = None) -> int:
    given = arguments().parse_args(words)
    try:
        return _import(given)
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.exit_code if trouble.exit_code != 1 else 2
    except Misconfigured as error:
        sys.stderr.write(f"{error.detail}: an import needs GOOGLE_CLOUD_PROJECT and the deployment's KEY_PEPPER.\n")
        return 2


def _import(given: argparse.Namespace) -> int:
    files = Files(given.tags, given.users, given.devices)
    if files == Files(None, None, None):
        raise CannotStart("There is nothing to import: name TAGS, USERS or DEVICES (--tags, --users, --devices).")
    settings = _settings(given)
    name = f"{given.app}.dry-run.ndjson" if given.dry_run else f"{given.app}.ndjson"
    report = given.report or _HERE / "import" / name
    target = f"app {given.app} in project {settings.google_cloud_project}"
    journal = Journal(report, target, files.fingerprints(), dry_run=given.dry_run, restart=given.restart)
    try:
        if journal.resumed:
            sys.stdout.write("Going on where the last run stopped (RESTART=1, or --restart, begins anew).\n")
        phases = asyncio.run(_played(settings, given, files, journal))
    finally:
        journal.close()
    sys.stdout.write(summary(phases, report, dry_run=given.dry_run))
    return 1 if refused(phases) else 0


def _settings(given: argparse.Namespace) -> Settings:
    """Raises CannotStart, and Misconfigured naming what is missing."""
    environment = _UNUSED | dict(os.environ)
    if given.local:
        try:
            addresses = Addresses.model_validate_json((_HERE / "stack.json").read_text())
        except FileNotFoundError:
            raise CannotStart("No stack runs here: start it with `make run`.") from None
        # Google's client looks for the emulator here and nowhere else.
        os.environ["FIRESTORE_EMULATOR_HOST"] = addresses.firestore
        pepper = load(_HERE / "secrets.json").key_pepper
        environment |= {"GOOGLE_CLOUD_PROJECT": addresses.project, "KEY_PEPPER": pepper}
    if given.project:
        environment["GOOGLE_CLOUD_PROJECT"] = given.project
    return Settings.from_environment(environment)


async def _played(settings: Settings, given: argparse.Namespace, files: Files, journal: Journal) -> dict[str, Phase]:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _on_signal, stop)
    ports = Container(settings)
    try:
        sys.stdout.write("Looking at who is there already ...\n")
        with showing() as shown:
            return await run(ports, given.app, files, journal, shown, stop, dry_run=given.dry_run)
    finally:
        await ports.close()


def _on_signal(stop: asyncio.Event) -> None:
    if stop.is_set():
        os._exit(130)  # killed: what is stored is stored, and the next run goes on
    stop.set()


def summary(phases: dict[str, Phase], report: Path, *, dry_run: bool) -> str:
    lines = ["What an import would do (nothing was written):" if dry_run else "Imported:"]
    for kind, phase in phases.items():
        told = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(phase.outcomes.items()))
        lines.append(f"  {kind:<8} {told or 'nothing'}")
        lines += [f"    {count:,} × {reason}" for reason, count in sorted(phase.reasons.items())]
    return "\n".join([*lines, f"Report: {report}", ""])


if __name__ == "__main__":
    sys.exit(main())
