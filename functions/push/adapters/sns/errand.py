"""One target's way through Amazon: an endpoint, unless it has one that is good, and the message to it."""

from push.adapters.sns.addressing import NotAddressable, address, belongs
from push.adapters.sns.calls import Calls
from push.adapters.sns.lane import TooLate
from push.adapters.sns.outcomes import DISABLED, NO_ANSWER, NO_USER_ID, TOO_LATE, endpoint_is_gone, later, outcome
from push.domain.outcome import ACCEPTED, Outcome
from push.domain.page import Entry
from push.domain.rendering import SnsMessage


class Errand:
    """Calls of it begin before `deadline` (the event loop's time), or not at all."""

    def __init__(self, entry: Entry, application: str, message: SnsMessage, calls: Calls, deadline: float) -> None:
        self.entry = entry
        self._known = entry.endpoint if belongs(entry.endpoint, application) else ""
        self._endpoint = self._known
        self._application = application
        self._message = message
        self._calls = calls
        self._deadline = deadline
        self._publishing = False

    @property
    def news(self) -> Entry | None:
        """The target with its endpoint, if that is another one than is stored."""
        if self._endpoint in ("", self.entry.endpoint):
            return None
        return self.entry._replace(endpoint=self._endpoint)

    @property
    def unanswered(self) -> Outcome:
        """What is said of it when there is no more time."""
        return NO_ANSWER if self._publishing else TOO_LATE

    async def run(self) -> Outcome:
        """Never raises."""
        try:
            try:
                if not self._known:
                    await self._address()
                await self._publish()
            except Exception as error:
                if not self._known or not endpoint_is_gone(error):
                    raise
                self._known = ""
                await self._address()
                await self._publish()
        except TooLate:
            return TOO_LATE
        except NotAddressable:
            return NO_USER_ID
        except Exception as error:  # noqa: BLE001  one table says what each of them means
            said = outcome(error, self._publishing)
            # Made or enabled just now, which Amazon may not know everywhere: next time its word counts.
            return later(said.code) if said == DISABLED and not self._known else said
        return ACCEPTED

    async def _address(self) -> None:
        self._publishing = False
        assert self.entry.target is not None  # noqa: S101  who has no target is never sent to
        self._endpoint = await address(self._application, self.entry.target, calls=self._calls, deadline=self._deadline)

    async def _publish(self) -> None:
        attributes = {
            name: {"DataType": "String", "StringValue": value} for name, value in self._message.attributes.items()
        }
        await self._calls.publish(
            self._deadline, self._begun,
            TargetArn=self._endpoint, Message=self._message.text, MessageStructure="json",
            MessageAttributes=attributes,
        )  # fmt: skip

    def _begun(self) -> None:
        self._publishing = True
