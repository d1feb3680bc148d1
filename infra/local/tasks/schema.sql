CREATE TABLE IF NOT EXISTS queues (name TEXT PRIMARY KEY, message BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tasks (
    id                INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused: an attempt must not end another task
    name              TEXT NOT NULL UNIQUE,
    queue             TEXT NOT NULL,
    message           BLOB NOT NULL,
    due_us            INTEGER NOT NULL,
    running           INTEGER NOT NULL DEFAULT 0,
    dispatches        INTEGER NOT NULL DEFAULT 0,
    responses         INTEGER NOT NULL DEFAULT 0,
    executions        INTEGER NOT NULL DEFAULT 0,
    first_dispatch_us INTEGER,
    last_schedule_us  INTEGER,
    last_dispatch_us  INTEGER,
    last_response_us  INTEGER,
    last_status       INTEGER NOT NULL DEFAULT 0,
    retry_reason      TEXT NOT NULL DEFAULT '',
    previous_response INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS tasks_by_due ON tasks (queue, running, due_us);

CREATE TABLE IF NOT EXISTS tombstones (name TEXT PRIMARY KEY, queue TEXT NOT NULL, ended_us INTEGER NOT NULL) WITHOUT ROWID;

-- However a task ends, its name stays taken for a while. 2440587.5 is 1970 as a Julian day.
CREATE TRIGGER IF NOT EXISTS tombstone AFTER DELETE ON tasks BEGIN
    INSERT OR REPLACE INTO tombstones
    VALUES (old.name, old.queue, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000);
END;
