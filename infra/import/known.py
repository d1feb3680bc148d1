"""Who is there already: every device of the app by id and alias, in a file that goes with the process.

It says what is worth asking the store, never what is true: devices come and go while an import runs, so what it does
not know is created under a guard, and everything else is decided in a transaction.
"""

import sqlite3

from push.ports import Devices, Known

_SCHEMA = """
CREATE TABLE devices (id TEXT PRIMARY KEY, alias TEXT NOT NULL, updated_at INTEGER NOT NULL, user TEXT) WITHOUT ROWID;
CREATE INDEX by_alias ON devices (alias);
"""


class Register:
    def __init__(self) -> None:
        # SQLite's own temporary file: nobody else can open it, and it is gone however we end.
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)

    async def fill(self, app: int, devices: Devices) -> int:
        """Reads all of the app; answers how many there are."""
        count = 0
        async for batch in devices.known(app):
            self.note(batch)
            count += len(batch)
        return count

    def note(self, devices: list[Known]) -> None:
        self._rows.execute("BEGIN")
        self._rows.executemany("INSERT OR REPLACE INTO devices VALUES (?, ?, ?, ?)", devices)
        self._rows.execute("COMMIT")

    def by_id(self, id: str) -> Known | None:
        return self._one("SELECT * FROM devices WHERE id = ?", id)

    def by_alias(self, alias: str) -> Known | None:
        return self._one("SELECT * FROM devices WHERE alias = ?", alias)

    def close(self) -> None:
        self._rows.close()

    def _one(self, query: str, value: str) -> Known | None:
        row = self._rows.execute(query, (value,)).fetchone()
        return None if row is None else Known(*row)
