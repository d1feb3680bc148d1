"""The Sender port over FCM's HTTP v1 API."""

from collections.abc import Sequence

from google.auth.exceptions import GoogleAuthError

from push.adapters.fcm.credentials import AccessTokens
from push.adapters.fcm.exchange import Exchange
from push.adapters.fcm.outcomes import outcome
from push.domain.outcome import Kind, Outcome

_NO_CREDENTIALS = Outcome(Kind.MISCONFIGURED, "NO_CREDENTIALS")


class FcmSender:
    def __init__(self, endpoint: str, tokens: AccessTokens, timeout_s: int) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._tokens = tokens
        self._exchange = Exchange(timeout_s, prior_knowledge=self._endpoint.startswith("http://"))

    async def send(self, project: str, messages: Sequence[bytes]) -> list[Outcome]:
        try:
            token = await self._tokens.get()
            outcomes = await self._post(project, messages, token)
            refused = [i for i, o in enumerate(outcomes) if o.code == "UNAUTHENTICATED"]
            if refused:
                # Our own token ran out: a 401 says that nothing was accepted, so these may go again, once.
                token = await self._tokens.get(refused=token)
                again = await self._post(project, [messages[i] for i in refused], token)
                for index, each in zip(refused, again, strict=True):
                    outcomes[index] = each
        except GoogleAuthError:
            return [_NO_CREDENTIALS] * len(messages)
        return outcomes

    async def _post(self, project: str, messages: Sequence[bytes], token: str) -> list[Outcome]:
        url = f"{self._endpoint}/v1/projects/{project}/messages:send"
        headers = [f"Authorization: Bearer {token}", "Content-Type: application/json"]
        return [outcome(reply) for reply in await self._exchange.post(url, headers, messages)]

    def close(self) -> None:
        self._exchange.close()
