"""What an import remembers of itself: the report, and beside it how far it is, so that the same command goes on.

A batch is stored, then reported, then remembered. Who dies in between reports it again, not twice: the report is cut to
what is remembered, and storing a row again changes nothing.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ValidationError

from infra.local.files import write_whole
from infra.local.trouble import CannotStart

from .verdict import Outcome, Verdict


class Phase(BaseModel):
    """How far one file is: the next byte and the last line, and what became of the rows before."""

    fingerprint: str
    offset: int = 0
    line: int = 0
    done: bool = False
    outcomes: dict[str, int] = {}
    reasons: dict[str, int] = {}

    def count(self, verdict: Verdict) -> None:
        self.outcomes[verdict.outcome.value] = self.outcomes.get(verdict.outcome.value, 0) + 1
        for notice in verdict.notices:
            self.reasons[notice.reason] = self.reasons.get(notice.reason, 0) + 1


class _State(BaseModel):
    target: str
    report_bytes: int = 0
    phases: dict[str, Phase] = {}

    def is_of(self, fingerprints: Mapping[str, str]) -> bool:
        return all(fingerprints.get(kind) == phase.fingerprint for kind, phase in self.phases.items())


class Journal:
    """`target` says where to: another one's journal is not gone on with. With another file than last time, by its
    fingerprint, everything begins anew. A dry run remembers nothing."""

    def __init__(
        self, report: Path, target: str, fingerprints: Mapping[str, str], *, dry_run: bool, restart: bool
    ) -> None:
        self.report = report
        self._state_path = report.with_name(report.name + ".state")
        self._dry_run = dry_run
        stored = self._stored()
        if stored is not None and not restart and (dry_run or stored.target != target):
            raise CannotStart(
                f"{report} belongs to an import that is not finished ({stored.target}): run its command again, "
                "or give this one another --report."
            )
        if restart or (stored is not None and not stored.is_of(fingerprints)):
            stored = None
        self.resumed = stored is not None
        self._state = stored or _State(target=target)
        for kind, fingerprint in fingerprints.items():
            self._state.phases.setdefault(kind, Phase(fingerprint=fingerprint))
        try:
            report.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = os.fdopen(os.open(report, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        except OSError as error:
            raise CannotStart(f"{report} cannot be written: {error.strerror or error}.") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise CannotStart(f"Another import is writing {report}: wait for it, or give this one another.") from None
        self._file.truncate(self._state.report_bytes)
        self._file.seek(self._state.report_bytes)

    def phase(self, kind: str) -> Phase:
        """How far it is."""
        return self._state.phases[kind]

    def tell(self, kind: str, line: int, verdict: Verdict) -> None:
        for reason, pointer, message in verdict.notices:
            self._write(
                {
                    "kind": kind, "line": line, "id": verdict.id, "outcome": verdict.outcome.value,
                    "reason": reason, "pointer": pointer, "message": message,
                }
            )  # fmt: skip

    def keep(self) -> None:
        """All that was told so far is on the disk, and remembered."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._state.report_bytes = self._file.tell()
        if not self._dry_run:
            write_whole(self._state_path, self._state.model_dump_json())

    def finish(self) -> dict[str, Phase]:
        """Ends the report with its summary; the next import begins anew."""
        phases = self._state.phases
        told = {kind: {"outcomes": phase.outcomes, "reasons": phase.reasons} for kind, phase in phases.items()}
        self._write({"summary": told})
        self._file.flush()
        if not self._dry_run:
            self._state_path.unlink(missing_ok=True)
        return phases

    def close(self) -> None:
        self._file.close()

    def _write(self, row: dict[str, object]) -> None:
        self._file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")

    def _stored(self) -> _State | None:
        try:
            return _State.model_validate_json(self._state_path.read_text())
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, ValidationError):
            raise CannotStart(f"{self._state_path} cannot be read: start over with RESTART=1, or --restart.") from None


def refused(phases: dict[str, Phase]) -> int:
    return sum(phase.outcomes.get(Outcome.REFUSED.value, 0) for phase in phases.values())
