"""Amazon's answers become outcomes here, in one table (Amazon SNS, *Publish* and *CreatePlatformEndpoint*).

a message id                                   accepted
EndpointDisabled                               dead; but a retry, if it was made or enabled only just now
NotFound of an endpoint, also as               it is made anew, once; after that a retry
  InvalidParameter: "No endpoint found"
InvalidParameter about the token               dead
PlatformApplicationDisabled, NotFound of an    misconfigured: of this platform alone, since the app's other phones
  application, 401, 403, no credentials          do not go this way
other 4xx                                      rejected
Throttled, 429                                 retry after 10 s, and slower from then on
500, 503                                       retry after 10 s
other 5xx, a broken connection, no answer      unknown, if it may have been published; else retry

Codes are Amazon's own, behind `SNS_`.
"""

from typing import Any, NamedTuple

from push import logs
from push.domain.outcome import FIRST_BACKOFF_S, SNS, Kind, Outcome

_THROTTLED = {"Throttled", "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded"}
_NO_ENDPOINT = "No endpoint found"
_OF_TOKEN = "Token Reason"  # noqa: S105  in an error's text
_OF_APPLICATION = "PlatformApplicationArn"


def later(code: str) -> Outcome:
    return Outcome(Kind.RETRY, code, FIRST_BACKOFF_S)


def misconfigured(code: str) -> Outcome:
    return Outcome(Kind.MISCONFIGURED, f"{SNS}{code}")


DISABLED = Outcome(Kind.DEAD, f"{SNS}EndpointDisabled")
NO_USER_ID = Outcome(Kind.REJECTED, f"{SNS}NoUserId")
NO_ANSWER = Outcome(Kind.UNKNOWN, f"{SNS}NoAnswer")
TOO_LATE = later(f"{SNS}TooLate")


def outcome(error: Exception, publishing: bool) -> Outcome:
    """What an error of the client means; `publishing`: whether the message may have gone out with the call."""
    from botocore import exceptions as boto

    if isinstance(error, boto.ClientError):
        return _answered(_Answer.of(error), publishing)
    name = type(error).__name__
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError):
        return misconfigured(name)
    if isinstance(error, boto.ParamValidationError):
        return Outcome(Kind.REJECTED, f"{SNS}{name}")
    if not isinstance(error, boto.BotoCoreError | boto.HTTPClientError):
        logs.event("sns-call-failed", "ERROR", error=error)
    before = boto.EndpointConnectionError | boto.ConnectTimeoutError | boto.ProxyConnectionError
    never = isinstance(error, before | boto.CredentialRetrievalError)
    return later(f"{SNS}{name}") if never or not publishing else Outcome(Kind.UNKNOWN, f"{SNS}{name}")


def endpoint_is_gone(error: Exception) -> bool:
    """Whether somebody deleted the endpoint."""
    answer = _Answer.of(error)
    return answer.operation == "Publish" and answer.lacks_endpoint


def is_throttled(error: Exception) -> bool:
    return _Answer.of(error).throttled


class _Answer(NamedTuple):
    operation: str
    code: str
    message: str
    status: int

    @classmethod
    def of(cls, error: Exception) -> "_Answer":
        """Of what did not come from Amazon it says nothing."""
        said: Any = getattr(error, "response", None) or {}
        about = said.get("Error", {})
        status = said.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        operation = str(getattr(error, "operation_name", ""))
        return cls(operation, str(about.get("Code", "")), str(about.get("Message", "")), int(status))

    @property
    def throttled(self) -> bool:
        return self.code in _THROTTLED or self.status == 429

    @property
    def lacks_endpoint(self) -> bool:
        found = self.code != "NotFound" or self.operation == "CreatePlatformEndpoint"
        return not found or (self.code == "InvalidParameter" and _NO_ENDPOINT in self.message)


def _answered(answer: _Answer, publishing: bool) -> Outcome:
    code = f"{SNS}{answer.code}"
    if answer.throttled or answer.status in (500, 503) or answer.lacks_endpoint:
        return later(code)
    if answer.status > 500:
        return Outcome(Kind.UNKNOWN, code) if publishing else later(code)
    if answer.code == "EndpointDisabled":
        return DISABLED
    if answer.code == "InvalidParameter" and not publishing and _OF_TOKEN in answer.message:
        return Outcome(Kind.DEAD, code)
    if answer.code in ("NotFound", "PlatformApplicationDisabled") or answer.status in (401, 403):
        return misconfigured(answer.code)
    if answer.code == "InvalidParameter" and _OF_APPLICATION in answer.message:
        return misconfigured(answer.code)
    return Outcome(Kind.REJECTED, code)
