"""After ten wrong passwords in a quarter of an hour a name waits, whether it exists or not."""

from push.domain.attempts import wait_ms
from push.domain.errors import TooManyRequests
from push.ports import Attempts, Clock


def client_name(client_id: str, address: str | None) -> str:
    """A client's id is in every copy of its app, so that anybody can try it: only who does so waits, not the phones."""
    return f"client {client_id} {address or ''}"


def account_name(username: str) -> str:
    return f"account {username.strip()}"


def user_name(app: int, email: str) -> str:
    return f"user {app} {email.strip()}"


async def check_wait(name: str, *, attempts: Attempts, clock: Clock) -> None:
    """Raises TooManyRequests while the name waits. Asked before a password is looked at, and again when it was right:
    of many tries at once, those that come after the tenth wrong one learn nothing."""
    now = clock.now()
    wait = wait_ms(await attempts.failures(name, now), now)
    if wait > 0:
        seconds = -(-wait // 1_000)
        raise TooManyRequests(f"too many wrong tries with this name: try again in {seconds} seconds", seconds)
