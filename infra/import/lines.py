"""NDJSON files, also gzipped ones, read line by line from wherever one stopped; never the whole file in memory."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, cast

from infra.local.trouble import CannotStart, Trouble

MAX_LINE = 1024 * 1024
_BATCH_BYTES = 8 * MAX_LINE
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_HEAD = 64 * 1024


class Damaged(Trouble):
    """A file ends in the middle of itself, or is no gzip inside."""


class Line(NamedTuple):
    """A line that is not blank: its number from 1, and the offset after it. `text` is None where it is too long."""

    number: int
    end: int
    text: bytes | None


def fingerprint(path: Path) -> str:
    """What a file is known by when an import goes on: another export begins with other rows, or is longer."""
    with Source(path) as source:
        return source.fingerprint


class Source:
    """One file. Raises CannotStart where there is none to be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._raw: IO[bytes] = path.open("rb")
            head = self._raw.read(_HEAD)
            self.size = path.stat().st_size
        except OSError as error:
            raise CannotStart(f"{path} cannot be read: {error.strerror or error}.") from None
        self.fingerprint = hashlib.sha256(head + str(self.size).encode()).hexdigest()[:32]
        self._raw.seek(0)
        zipped = head.startswith(_GZIP)
        self._text = cast(IO[bytes], gzip.GzipFile(fileobj=self._raw)) if zipped else self._raw

    def __enter__(self) -> "Source":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._text.close()
        self._raw.close()

    @property
    def read(self) -> int:
        """How much of `size` was read, roughly: files are read ahead."""
        return min(self._raw.tell(), self.size)

    def batches(self, offset: int, number: int, rows: int) -> Iterator[list[Line]]:
        """At most `rows` lines each, after `offset` and line `number`. Raises Damaged."""
        batch: list[Line] = []
        bytes_ = 0
        for line in self._lines(offset, number):
            batch.append(line)
            bytes_ += len(line.text or b"")
            if len(batch) == rows or bytes_ >= _BATCH_BYTES:
                yield batch
                batch, bytes_ = [], 0
        if batch:
            yield batch

    def _lines(self, offset: int, number: int) -> Iterator[Line]:
        try:
            self._text.seek(offset)
            while text := self._text.readline(MAX_LINE + 1):
                number += 1
                offset += len(text)
                whole = len(text) <= MAX_LINE or text.endswith(b"\n")
                if not whole:
                    offset += self._skip_line()
                if number == 1:
                    text = text.removeprefix(_BOM)
                if text.strip():
                    yield Line(number, offset, text if whole else None)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise Damaged(
                f"{self.path} is damaged after line {number}: what stands before is stored. Fetch the file again, and "
                "run the same command."
            ) from None

    def _skip_line(self) -> int:
        skipped = 0
        while text := self._text.readline(MAX_LINE):
            skipped += len(text)
            if text.endswith(b"\n"):
                break
        return skipped
