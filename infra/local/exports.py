"""The Firestore emulator's data between runs: exports in a folder, and one file that names the good one."""

import shutil
import time
from pathlib import Path

import httpx

from infra.local.files import write_whole
from infra.local.trouble import Broke

_NAME = "firestore"
_PATIENCE = 120.0  # seconds; 100,000 documents take about 5


class Exports:
    """Each export is a folder of its own; `current` names the last whole one, so a crash in between loses nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._current = folder / "current"

    def latest(self) -> Path | None:
        """The file to start the emulator from; None before the first export."""
        if not self._current.exists():
            return None
        metadata = self._metadata(self._folder / self._current.read_text().strip())
        return metadata if metadata.exists() else None

    async def take(self, http: httpx.AsyncClient, address: str, project: str) -> float:
        """Export everything from the emulator at `address`; answers how long it took (s). Raises Broke."""
        begun = time.monotonic()
        folder = self._folder / f"export-{time.time_ns()}"
        folder.mkdir(parents=True)
        asked = {
            "database": f"projects/{project}/databases/(default)",
            "export_directory": str(folder.resolve()),
            "export_name": _NAME,
        }
        try:
            url = f"http://{address}/emulator/v1/projects/{project}:export"
            answer = await http.post(url, json=asked, timeout=_PATIENCE)
            whole = answer.is_success and self._metadata(folder).exists()
            told = "" if whole else answer.text[:300]
        except httpx.HTTPError as error:
            whole, told = False, type(error).__name__
        if not whole:
            shutil.rmtree(folder, ignore_errors=True)
            raise Broke(f"The Firestore emulator did not export its data, the last export stays: {told}")
        write_whole(self._current, folder.name)
        for other in self._folder.glob("export-*"):
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
        return time.monotonic() - begun

    @staticmethod
    def _metadata(folder: Path) -> Path:
        return folder / _NAME / f"{_NAME}.overall_export_metadata"
