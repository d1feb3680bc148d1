"""Firestore's errors become ours here, in one table.

passing trouble      Aborted, ServiceUnavailable, DeadlineExceeded, ResourceExhausted, ... → Unavailable
a guard that failed  FailedPrecondition, NotFound, AlreadyExists → Stale (where the caller asked for a guard)
everything else      is a defect of ours and passes as it is
"""

from collections.abc import Iterator
from contextlib import contextmanager

from google.api_core import exceptions as google

from push.domain.errors import Unavailable

TRANSIENT = (
    google.Aborted,
    google.ServiceUnavailable,
    google.DeadlineExceeded,
    google.ResourceExhausted,
    google.InternalServerError,
    google.Unknown,
    google.RetryError,
    google.Cancelled,
)
GUARD = (google.FailedPrecondition, google.NotFound, google.AlreadyExists)


@contextmanager
def translated() -> Iterator[None]:
    """Turns what Firestore could not do right now into Unavailable."""
    try:
        yield
    except TRANSIENT as error:
        raise Unavailable(f"Firestore does not answer at the moment; try again ({type(error).__name__})") from error


def came_of_passing_trouble(error: BaseException | None) -> bool:
    """Whether such trouble stands behind an error: the library may hide it behind what it says of its own state."""
    while error is not None:
        if isinstance(error, TRANSIENT):
            return True
        error = error.__cause__ or error.__context__
    return False
