"""`pace/{firebaseProject}`: what people set in the console, and until when a project pauses."""

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from push import logs
from push.adapters.firestore.client import Database, is_document_id, versioned
from push.adapters.firestore.codec import READABLE, VERSION, Codec, at
from push.adapters.firestore.errors import translated
from push.adapters.firestore.run_documents import run_of
from push.domain.errors import Stale, Unavailable
from push.domain.pace import Pacing
from push.domain.run import Run
from push.ports import Versioned

_CODEC = Codec(Pacing, times=("not_before",))
_FIELDS = {"quotaPerMinute": "quota_per_minute", "urgentReserve": "urgent_reserve", "notBefore": "not_before"}
# Workers that are told at once say about the same.
_ABOUT_MS = 2_000
_ATTEMPTS = 5
_REMEMBERED = 32


class FirestorePace:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._complained: dict[str, Mapping[str, Any]] = {}
        # Each as it was last read: before most pages it still is so.
        self._read_before: OrderedDict[str, Versioned[Run]] = OrderedDict()

    async def look(self, run: str, project: str) -> tuple[Versioned[Run] | None, Pacing]:
        if not is_document_id(run):
            return None, Pacing()
        references = [self._database.client.document(f"runs/{run}")]
        if is_document_id(project):
            references.append(self._at(project))
        found: dict[str, Any] = {}
        with translated():
            async for snapshot in self._database.client.get_all(references):
                if snapshot.exists:
                    found[snapshot.reference.parent.id] = snapshot
        pacing = self._read(project, found["pace"].to_dict()) if "pace" in found else Pacing()
        stored = found.get("runs")
        return None if stored is None else self._run(stored), pacing

    async def hold(self, project: str, until: int) -> bool:
        if not is_document_id(project):
            return False
        reference = self._at(project)
        # No transaction: its locks would make those wait for each other who are told at once.
        for _ in range(_ATTEMPTS):
            snapshot = await self._database.read(reference)
            stored = snapshot.to_dict() if snapshot.exists else {}
            if (
                stored.get("v", VERSION) not in READABLE
                or (self._read(project, stored).not_before or 0) >= until - _ABOUT_MS
            ):
                return False
            with suppress(Stale):
                await self._move(reference, snapshot.update_time if snapshot.exists else None, until)
                return True
        raise Unavailable(f"the pace of {project} is being written by too many at once")

    async def _move(self, reference: Any, version: Any, until: int) -> None:
        # Nothing else of what stands there: somebody may be editing it.
        moved = {"v": VERSION, "notBefore": at(until)}

        def fill(batch: Any) -> None:
            if version is None:
                batch.create(reference, _CODEC.encode(Pacing(not_before=until)))
            else:
                batch.update(reference, moved, option=self._database.unchanged_since(version))

        await self._database.guarded(
            reference, version, fill, lambda stored: stored.get("notBefore") == moved["notBefore"]
        )

    def _run(self, snapshot: Any) -> Versioned[Run]:
        before = self._read_before.pop(snapshot.id, None)
        run = run_of(snapshot.to_dict()) if before is None or before.version != snapshot.update_time else before.value
        read = self._read_before[snapshot.id] = versioned(snapshot, run)
        if len(self._read_before) > _REMEMBERED:
            self._read_before.popitem(last=False)
        return read

    def _read(self, project: str, document: Mapping[str, Any]) -> Pacing:
        """Each field that can be read; the others are as if they were not set."""
        if document.get("v", VERSION) not in READABLE:
            self._complain(project, document, ["v"])
            return Pacing()
        pacing, broken = Pacing(), []
        for name, field in _FIELDS.items():
            if document.get(name) is None:
                continue
            try:
                one = _CODEC.decode({"v": VERSION, name: document[name]})
            except ValueError:
                broken.append(name)
            else:
                pacing = pacing.model_copy(update={field: getattr(one, field)})
        if broken:
            self._complain(project, document, broken)
        return pacing

    def _complain(self, project: str, document: Mapping[str, Any], broken: list[str]) -> None:
        """Once for what stands there, not before each page."""
        if self._complained.get(project) != document:
            self._complained[project] = document
            logs.event("pace-unreadable", "ERROR", project=project, fields=broken)

    def _at(self, project: str) -> Any:
        return self._database.client.document(f"pace/{project}")
