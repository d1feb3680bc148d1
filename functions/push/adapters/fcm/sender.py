"""The Sender port over FCM's HTTP v1 API."""

from collections.abc import Sequence
from math import inf
from urllib.parse import quote

from google.auth.exceptions import GoogleAuthError, TransportError

from push import logs
from push.adapters.credentials import AccessTokens
from push.adapters.fcm.batch import Reply, Request
from push.adapters.fcm.exchange import Exchange
from push.adapters.fcm.http2.dialer import endpoint as parsed
from push.adapters.fcm.outcomes import outcome
from push.adapters.fcm.refusals import Refusals
from push.domain.outcome import FIRST_BACKOFF_S, UNAUTHENTICATED, Kind, Outcome
from push.ports import Watch


def _without_token(error: Exception) -> Outcome:
    """The metadata server has its bad moments; only what will not change by waiting is misconfigured."""
    logs.event("no-access-token", "ERROR", error=error)
    if isinstance(error, GoogleAuthError) and not isinstance(error, TransportError) and not error.retryable:
        return Outcome(Kind.MISCONFIGURED, "NO_CREDENTIALS")
    return Outcome(Kind.RETRY, "NO_ACCESS_TOKEN", FIRST_BACKOFF_S)


class FcmSender:
    def __init__(self, endpoint: str, tokens: AccessTokens, timeout_s: int) -> None:
        self._endpoint = parsed(endpoint)
        self._tokens = tokens
        self._exchange = Exchange(self._endpoint, timeout_s)
        self._refusals = Refusals()

    async def send(
        self,
        project: str,
        messages: Sequence[bytes],
        urgent: bool = False,
        watch: Watch | None = None,
        until: float = inf,
    ) -> list[Outcome]:
        try:
            token = await self._tokens.get()
        except GoogleAuthError as error:
            return [_without_token(error)] * len(messages)
        outcomes = await self._post(project, messages, token, urgent, until, watch)
        refused = [i for i, o in enumerate(outcomes) if o.code == UNAUTHENTICATED]
        if refused:
            # Our own token ran out: a 401 says that these were not accepted, so they may go again, once.
            try:
                token = await self._tokens.get(refused=token)
                again = await self._post(project, [messages[i] for i in refused], token, urgent, until)
            except Exception as error:  # noqa: BLE001  whatever it is, what became of the others stands
                again = [_without_token(error)] * len(refused)
            for index, each in zip(refused, again, strict=True):
                outcomes[index] = each
        return self._refusals.judged(project, outcomes)

    async def _post(
        self,
        project: str,
        messages: Sequence[bytes],
        token: str,
        urgent: bool,
        until: float,
        watch: Watch | None = None,
    ) -> list[Outcome]:
        path = f"{self._endpoint.path}/v1/projects/{quote(project, safe='')}/messages:send"
        request = Request(path, (("authorization", f"Bearer {token}"), ("content-type", "application/json")))

        def see(index: int, reply: Reply) -> None:
            seen = outcome(reply)
            if watch is not None and seen.code != UNAUTHENTICATED:  # that may go again
                watch(index, seen)

        told = see if watch else None
        replies = await self._exchange.post(request, messages, project, urgent, told, until / 1000)
        return [outcome(reply) for reply in replies]

    def give_up(self) -> None:
        self._exchange.give_up()

    def close(self) -> None:
        self._exchange.close()
